"""Karpathy's own file."""

import json

import pytest

from explorer.data.found import look_into
from explorer.data.open import open_dataset
from explorer.errors import BadDataError
from tests.data.greys import write


def test_sentences_without_a_text_are_said_to_be_so(tmp_path):
    about = [{"filename": "0.png", "split": "train", "sentences": [{"tokens": ["a"]}]}]
    write(tmp_path / "dataset.json", json.dumps({"images": about}))
    with pytest.raises(BadDataError, match=r"images whose `sentences` are no texts \(1\)"):
        open_dataset(str(tmp_path))


def test_images_of_an_unknown_split_are_said_to_be_so(tmp_path):
    about = [
        {"filename": f"{n}.png", "split": split, "sentences": [{"raw": "a dog"}]}
        for n, split in enumerate(["train", "extra"])
    ]
    write(tmp_path / "dataset.json", json.dumps({"images": about}))
    assert look_into(str(tmp_path)).left_out.examples["images of an unknown split"] == [
        "extra of 1.png"
    ]
