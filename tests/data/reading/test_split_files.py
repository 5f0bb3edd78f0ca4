"""Which files say splits, and what they say of which names."""

import pytest

from explorer.data.reading.split_files import split_files
from explorer.errors import BadDataError
from tests.data.greys import write, write_images


@pytest.mark.parametrize(
    "name", ["train.txt", "meta/training.txt", "Flickr_8k.trainImages.txt", "a/b/train-list.TXT"]
)
def test_a_list_of_names_is_known_by_the_split_in_its_own(tmp_path, name):
    write(tmp_path / name, "0.png\n\n a b.png \n")
    (found,) = split_files(tmp_path)
    assert found.paths == [tmp_path / name]
    assert found.names == {"train": ["0.png", "a b.png"]}
    assert found.names_images


@pytest.mark.parametrize(
    "name", ["trainval.txt", "train_test.txt", "train.lst", "notes.txt", "test_labels.txt"]
)
def test_other_texts_are_no_lists(tmp_path, name):
    write(tmp_path / name, "0.png\n")
    assert split_files(tmp_path) == []


def test_lists_that_are_called_otherwise_are_others(tmp_path):
    for name in ("coco_train", "coco_val", "flickr_train"):
        write(tmp_path / f"{name}.txt", f"{name}.png")
    found = [sorted(each.names) for each in split_files(tmp_path)]
    assert found == [["train", "val"], ["train"]]


def test_two_lists_of_one_split_are_refused(tmp_path):
    write(tmp_path / "val.txt", "0.png")
    write(tmp_path / "dev.txt", "1.png")
    with pytest.raises(BadDataError, match="two files for the val split"):
        split_files(tmp_path)


def test_captions_of_images_and_links_are_no_lists(tmp_path):
    write_images(tmp_path, {"train.png": 1, "0.png": 2})
    write(tmp_path / "train.txt", "0.png")
    write(tmp_path / "away" / "names", "0.png")
    (tmp_path / "test.txt").symlink_to("away/names")
    for n in range(101):
        write(tmp_path / "many" / f"{n}_train.txt", "0.png")
    assert split_files(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "content", "names", "meaning"),
    [
        (
            "list_eval_partition.txt",
            "a.jpg 0\nb.jpg 1\nc.jpg 2",
            {"train": ["a.jpg"], "val": ["b.jpg"], "test": ["c.jpg"]},
            "0 is train, 1 val, 2 test",
        ),
        (
            "split.csv",
            "image,is_train\na.jpg,1\nb.jpg,0",
            {"train": ["a.jpg"], "test": ["b.jpg"]},
            "1 is train, 0 test",
        ),
        ("split.tsv", "image\tset\na.jpg\ttraining", {"train": ["a.jpg"]}, ""),
        ("partition.txt", "a.jpg 0\nb.jpg 1", {}, ""),
    ],
)
def test_tables_say_splits_by_words_or_by_numbers_whose_meaning_is_known(
    tmp_path, name, content, names, meaning
):
    write(tmp_path / name, content)
    (found,) = split_files(tmp_path)
    assert (found.names, found.meaning) == (names, meaning)


@pytest.mark.parametrize(
    "content",
    ["image,label\na.jpg,0\nb.jpg,1\nc.jpg,2", "a.jpg,cat\nb.jpg,0", "a,b,c\n1,2,0", "\xff"],
)
def test_tables_of_something_else_are_none(tmp_path, content):
    write(tmp_path / "test_split.csv", content.encode("latin-1"))
    assert split_files(tmp_path) == []


@pytest.mark.parametrize("name", ["train.txt", "data_split.txt", "test_split.csv"])
def test_lines_that_are_too_long_for_names_make_no_list(tmp_path, name):
    write(tmp_path / name, f"0.png\n{'1 ' * 3000}\n")
    assert split_files(tmp_path) == []


@pytest.mark.parametrize("again", ["train", "training"])
def test_lists_by_split_that_give_one_twice_say_nothing_clear(tmp_path, again):
    write(tmp_path / "splits.json", f'{{"train": ["0.png"], "val": [], "{again}": ["1.png"]}}')
    (found,) = split_files(tmp_path)
    assert (found.names, found.names_images) == ({}, True)
