"""Which image of train each image of a set is nearest to, and how near that is."""

from types import SimpleNamespace

import numpy as np
import pytest

from explorer.errors import ConfigError
from explorer.explore import near_train as module
from explorer.explore.near_train import near_train
from explorer.store.step import Computed, Step
from explorer.store.store import Store
from explorer.types import Pairs


def at(*degrees: float) -> np.ndarray:
    """Rows of the plane in these directions, each of another length."""
    turned = np.deg2rad(np.array(degrees))
    length = 1 + np.arange(len(degrees))[:, None]
    return (length * np.stack([np.cos(turned), np.sin(turned)], axis=1)).astype(np.float32)


TRAIN = at(0, 10, 30, 60, 100)
"""The nearest others are 10, 10, 20, 30 and 40 degrees away."""


@pytest.fixture
def find(tmp_path, monkeypatch):
    """Finds it for images of a set in these directions."""

    def embed(made: Pairs, bundle: object) -> Step[SimpleNamespace]:
        rows = at(*map(float, made.captions))
        return Step(
            "embed",
            1,
            {"made": made.captions},
            lambda *_: Computed({"image": rows}),
            lambda entry: SimpleNamespace(image=entry.arrays["image"]),
        )

    monkeypatch.setattr(module, "embed", embed)
    store = Store(tmp_path)

    def of(*degrees: float, train: np.ndarray = TRAIN):
        prepared = SimpleNamespace(
            image=train,
            n_images=len(train),
            embed_key="e",
            config=SimpleNamespace(models=None),
        )
        made = Pairs(
            image_names=[str(i) for i in range(len(degrees))],
            open_image=lambda i: 1 / 0,
            fingerprint="made",
            captions=[str(each) for each in degrees],
            image_of_caption=np.arange(len(degrees)),
        )
        return store.fetch(near_train(store, prepared, made))

    return of


def test_the_nearest_is_that_of_the_least_angle_whatever_the_lengths(find):
    found = find(1, 44, 46, 300)
    assert found.image.tolist() == [0, 2, 3, 0]
    cosines = np.cos(np.deg2rad([1, 14, 14, 60]))
    assert found.distance == pytest.approx(1 - cosines, abs=1e-6)


def test_the_share_counts_the_images_that_have_another_one_nearer_than_that(find):
    # Nearer than 5, 15, 25, 35 and 90 degrees: none, two, three, four and all.
    assert find(-5, 45, 125, -35, 190).share == pytest.approx([0, 0.4, 0.6, 0.8, 1])


def test_a_copy_is_at_no_distance_and_nearer_than_all(find):
    found = find(30)
    assert found.image.tolist() == [2]
    assert found.distance == pytest.approx([0], abs=1e-6)
    assert found.share.tolist() == [0]


def test_nearest_is_told_among_two_at_least(find):
    with pytest.raises(ConfigError, match="at least two"):
        find(0, train=TRAIN[:1])
