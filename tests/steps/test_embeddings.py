"""What the steps before generation leave in the store, read again."""

from pathlib import Path

import numpy as np
import pytest

from explorer.config import SynthesisConfig
from explorer.steps.embeddings import as_embedded, as_prototypes, nearest_texts
from explorer.store.ragged import pack, pack_texts
from explorer.store.step import Entry
from explorer.types import Prototypes

K, D = 2, 3
CAPTIONS = ["a boat", "a tree", "a street"]


@pytest.fixture
def embedded():
    blob, offsets = pack_texts(CAPTIONS)
    name, name_offsets = pack_texts(["0.png", "7.png"])
    thumbnail, thumbnail_offsets = pack([b"first", b""])
    arrays = {
        "image": np.eye(2, D, dtype=np.float32),
        "caption": np.eye(3, D, dtype=np.float32),
        "image_of_caption": np.array([0, 0, 1]),
        "caption_text": blob,
        "caption_text_offsets": offsets,
        "name": name,
        "name_offsets": name_offsets,
        "thumbnail": thumbnail,
        "thumbnail_offsets": thumbnail_offsets,
        "picture": np.array([0, 7]),
    }
    return Entry("key", Path("nowhere"), arrays, {"skipped": ["3.png: broken"], "truncated": 1})


def prototypes(arrays=None, notes=None) -> Entry:
    rows = {name: np.zeros((K, D)) for name in ("image", "caption")}
    numbers = {name: np.arange(K) for name in Prototypes._fields if name not in rows}
    found = {**rows, **numbers, "chosen_caption": np.array([2, 0]), **(arrays or {})}
    return Entry("p", Path("nowhere"), found, {"labels": [["boat"], ["tree"]], **(notes or {})})


def test_embeddings_come_with_their_captions_names_and_thumbnails(embedded):
    found = as_embedded(embedded)
    assert (found.key, list(found.captions), list(found.names)) == (
        "key",
        CAPTIONS,
        ["0.png", "7.png"],
    )
    assert list(found.thumbnails) == [b"first", b""]
    assert found.number.tolist() == [0, 7]  # images 1 to 6 could not be read, or were left out
    assert (found.skipped, found.n_truncated, found.images_of) == (["3.png: broken"], 1, "")


def test_embeddings_of_the_same_images_say_whose_they_are(embedded):
    shared = embedded._replace(notes={**embedded.notes, "images_of": "other"})
    assert as_embedded(shared).images_of == "other"


def test_texts_are_told_by_the_caption_of_highest_cosine_whatever_their_length(embedded):
    rows = np.array([[0.1, 0.9, 0.2], [5.0, 4.0, 0.0], [0.0, -1.0, 0.1]], dtype=np.float32)
    assert nearest_texts(rows, as_embedded(embedded)) == ["a tree", "a boat", "a street"]
    assert nearest_texts(rows[:0], as_embedded(embedded)) == []


def test_prototypes_that_nobody_edited_are_called_by_their_places():
    found = as_prototypes(prototypes())
    assert found.number.tolist() == [0, 1]
    assert (found.n_numbers, found.kept_images) == (2, {})
    assert (found.earlier, found.update) == ("", "")
    assert found.chosen_caption.tolist() == [2, 0]
    assert found.labels == [["boat"], ["tree"]]


def test_edited_ones_keep_their_numbers_and_how_their_images_were_drawn():
    how = SynthesisConfig(seed=3, steps=7)
    notes = {"n_numbers": 9, "pictures": {"4": how.as_json()}, "earlier": "e", "update": "Two new."}
    found = as_prototypes(prototypes({"number": np.array([4, 8])}, notes))
    assert found.number.tolist() == [4, 8]
    assert found.n_numbers == 9
    assert found.kept_images == {4: how}  # JSON has texts for keys
    assert (found.earlier, found.update) == ("e", "Two new.")
