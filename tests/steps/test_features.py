"""What backbones say of images, by backbones that anybody can work out."""

import numpy as np
import pytest
from PIL import Image

from explorer.engine.image_pass import Network
from explorer.errors import BadDataError
from explorer.steps import features as module
from explorer.steps.features import exact_features, features, prepared
from explorer.types import Split

SAYS = {"mean": np.mean, "most": np.max}


@pytest.fixture(autouse=True)
def easy_backbones(monkeypatch):
    """`mean` and `most` say so of an image; what they are shown is its 2 x 2 levels."""

    def network(array: str, name: str, device: str) -> Network:
        return Network(
            array, np.asarray, lambda images: np.array([[SAYS[name](i)] for i in images], "f4")
        )

    monkeypatch.setattr(module, "_network", network)
    monkeypatch.setattr(module, "_shown", lambda array, *_: Network(array, np.asarray, np.stack))
    monkeypatch.setattr(
        module, "encode", lambda images, name, device: SAYS[name](images, axis=(1, 2, 3))[:, None]
    )


def split(fingerprint: str = "four") -> Split:
    def opened(number: int) -> Image.Image:
        if number == 1:
            raise BadDataError("1.png cannot be read.")
        return Image.fromarray(np.full((2, 2, 3), 10 * number, np.uint8))

    return Split(image_names=[*"01234567"], open_image=opened, fingerprint=fingerprint)


def test_each_backbone_has_a_row_for_each_image_that_can_be_read(store):
    found = store.fetch(features(split(), ("mean", "most"), "train"))
    assert found.number.tolist() == [0, 2, 3, 4, 5, 6, 7]
    for name in ("mean", "most"):
        assert found.image[name].ravel().tolist() == [0, 20, 30, 40, 50, 60, 70]
    assert len(found.skipped) == 1
    assert found.skipped[0].startswith("1: ")


def test_what_is_shown_is_kept_for_those_who_train(store):
    found = store.fetch(prepared(split(), ("mean",), "train"))
    assert found.image["mean"].shape == (7, 2, 2, 3)
    assert found.image["mean"].dtype == np.uint8
    assert found.image["mean"][:, 0, 0, 0].tolist() == [0, 20, 30, 40, 50, 60, 70]


def test_features_follow_the_images_and_the_backbones_in_their_order_and_nothing_else():
    def key(fingerprint: str = "four", names: tuple[str, ...] = ("mean", "most"), **more) -> str:
        return features(split(fingerprint), names, **{"what": "train", **more}).key

    assert key(what="test", device="cuda") == key()
    keys = [key(), key("five"), key(names=("most", "mean")), key(names=("mean",))]
    assert len({*keys, prepared(split(), ("mean", "most"), "train").key}) == 5


def test_an_estimate_counts_every_image():
    (work,) = features(split(), ("mean",), "train", "cuda").cost
    assert (work.n, work.kind, work.by) == (8, "features", "mean on cuda")


def test_learned_images_are_known_by_their_levels(store):
    levels = np.linspace(-0.5, 1.5, 2 * 3 * 2 * 2).reshape(2, 3, 2, 2).astype(np.float32)
    found = store.fetch(exact_features(levels, ("mean", "most")))
    assert found["mean"][:, 0] == pytest.approx(levels.mean(axis=(1, 2, 3)))
    assert found["most"][:, 0] == pytest.approx([levels[0].max(), 1.5])
    assert exact_features(levels.copy(), ("mean", "most")).key == (
        exact_features(levels, ("mean", "most"), "cuda").key
    )
    assert exact_features(levels + 1e-3, ("mean",)).key != exact_features(levels, ("mean",)).key
