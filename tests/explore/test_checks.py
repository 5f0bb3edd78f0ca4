from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from explorer.explore.checks import checks, told
from explorer.explore.columns import measuring
from explorer.models.bundles import find_bundle
from explorer.store.store import Store


def photograph(seed: int, width: int = 60, height: int = 40) -> Image.Image:
    noise = np.random.default_rng(seed).integers(60, 200, (height, width, 3))
    return Image.fromarray(noise.astype(np.uint8))


IMAGES = [
    *(photograph(seed) for seed in range(6)),
    Image.new("RGB", (60, 40), (4, 4, 4)),
    photograph(7).resize((4, 3)).resize((60, 40)),
    photograph(8, 9, 6),
    photograph(9, 200, 40),
]


@pytest.fixture
def prepared():
    """Images 1 to 9 of a split of ten: the first could not be read."""
    split = SimpleNamespace(
        fingerprint="f",
        n_images=len(IMAGES),
        image_names=[str(i) for i in range(len(IMAGES))],
        open_image=lambda i: IMAGES[i],
        stored=None,
    )
    return SimpleNamespace(
        dataset=SimpleNamespace(splits={"train": split}, is_labelled=False),
        captions=["a boat", "a boat", "a cat...", "лодка", *(f"a house {i}" for i in range(40))],
        image_number=np.arange(1, 10),
        n_images=9,
        embed_key="e",
        embedded=None,
    )


def named(store, prepared) -> dict[str, list[int]]:
    return {each.name: each.found.tolist() for each in checks(store, prepared)}


def test_captions_are_checked_at_once_and_images_when_they_are_measured(tmp_path, prepared):
    store = Store(tmp_path)
    of_captions = {"empty": [], "cut": [2], "repeated": [0, 1], "script": [3]}
    assert not store.has(measuring(prepared))
    assert named(store, prepared) == of_captions
    store.fetch(measuring(prepared))
    assert store.has(measuring(prepared))
    of_images = {"dark": [5], "blurred": [5, 6], "tiny": [7], "odd": [8]}
    assert named(store, prepared) == {**of_images, **of_captions}


def test_one_line_tells_what_was_found(tmp_path, prepared):
    store = Store(tmp_path)
    assert told(store, prepared) == (
        "Captions that are cut: 1; Repeated captions: 2; Captions in another script: 1."
    )
    prepared.embed_key, prepared.captions = "another", ["a boat", "a cat"]
    assert told(store, prepared) == ""


def test_classes_are_no_captions(tmp_path, prepared):
    prepared.dataset.is_labelled = True
    assert named(Store(tmp_path), prepared) == {}


def test_labels_that_neighbours_contradict_are_found_among_labelled_images(tmp_path):
    labels = np.arange(60) % 2
    rows = np.eye(2, dtype=np.float32)[labels] + 0.01 * np.random.default_rng(0).normal(
        size=(60, 2)
    ).astype(np.float32)
    given = labels.copy()
    given[8] = 1 - given[8]
    split = SimpleNamespace(labels=given, classes=["a", "b"])
    prepared = SimpleNamespace(
        dataset=SimpleNamespace(
            splits={"train": SimpleNamespace(fingerprint="f", n_images=60)},
            is_labelled=True,
            labelled=lambda: split,
        ),
        image=rows,
        image_number=np.arange(60),
        n_images=60,
        embed_key="e",
        embedded=None,
        config=SimpleNamespace(data="scenes:kinds", models=find_bundle("scenes")),
    )
    store = Store(tmp_path)
    found = checks(store, prepared)[0]
    assert (found.title, found.found.tolist(), found.are_images) == (
        "Likely wrong labels",
        [8],
        True,
    )
    prepared.config.data = "digits"  # of which the built-in encoder knows nothing
    (labels_of_digits, *_) = checks(store, prepared)
    assert labels_of_digits.title.startswith("Labels that differ from their neighbours'")
    assert labels_of_digits.found.tolist() == [8]
    prepared.n_images = 10  # as many as are asked for: nothing can be said
    assert not any(each.name == "labels" for each in checks(store, prepared))
