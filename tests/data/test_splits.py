"""How people call train, val and test."""

from pathlib import Path

import pytest

from explorer.data.open import open_dataset
from explorer.data.splits import (
    by_split,
    may_number,
    merged,
    numbered,
    split_called,
    split_named,
)
from explorer.errors import BadDataError


def test_two_datasets_in_one_folder_are_refused(colours):
    (colours / "coco_train.json").write_text("[]")
    with pytest.raises(BadDataError, match=r"two files for the train split"):
        open_dataset(str(colours))


@pytest.mark.parametrize("word", ["train", "Training", "restval"])
@pytest.mark.parametrize("form", ["{}", "{}_images", "seg_{}", "{}-00000-of-00002.parquet"])
def test_a_name_says_a_split_by_one_of_its_words(form, word):
    assert split_named(form.format(word)) == "train"
    assert split_called(form.format(word)) == ("train" if form == "{}" else None)


@pytest.mark.parametrize(
    ("name", "values", "splits"),
    [
        ("Partition", "012", ["train", "val", "test"]),
        ("eval_split", "012", ["train", "val", "test"]),
        ("is_training_image", "01", ["train", "test"]),
        ("partition", "01", []),
        ("partition", "0123", []),
        ("is_train", "012", []),
        ("fold", "012", []),
    ],
)
def test_numbers_mean_splits_where_their_name_is_published_for_them(name, values, splits):
    assert [*numbered(name, {*values}).values()] == splits
    assert may_number(name) == (name != "fold")


def test_the_last_word_of_a_path_says_the_split():
    assert split_named("train/test.json") == "test"
    assert split_named("training ground/val2017") == "val"
    assert split_named("contrain/latest/devices") is None


def test_files_are_of_the_splits_that_their_paths_below_the_folder_say():
    folder = Path("/data/test/set")  # which itself says nothing
    paths = [folder / "train" / "a.csv", folder / "a_val.csv"]
    assert by_split(folder, paths) == {"train": paths[0], "val": paths[1]}
    assert by_split(folder, [folder / "a.csv"]) == {"": folder / "a.csv"}


@pytest.mark.parametrize("splits", [("val", "val"), ("train", ""), ("", "train"), ("", "")])
def test_a_split_has_one_file_and_a_file_without_one_is_for_training(splits):
    found = [{split: Path(f"{n}.csv")} for n, split in enumerate(splits)]
    with pytest.raises(BadDataError, match=r"two files for the (train|val) split, 0.csv and 1.csv"):
        merged(found)
    assert merged([*found[:1], {"test": Path("2.csv")}]).keys() == {splits[0], "test"}
