"""Karpathy's own file."""

import json

import pytest

from explorer.data.found import look_into
from explorer.data.open import open_dataset
from explorer.errors import BadDataError
from tests.data.greys import csv_of, read, said, write, write_images


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


def test_what_is_called_alike_and_has_no_images_hides_no_tables(tmp_path):
    write_images(tmp_path, {"0.png": 10, "1.png": 20})
    write(tmp_path / "captions.csv", csv_of({"0.png": 10, "1.png": 20}))
    write(tmp_path / "dataset_infos.json", '{"default": {"features": {"image": {}}}}')
    assert read(tmp_path) == {"train": said(10, 20)}
