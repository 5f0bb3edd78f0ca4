"""The same images in train and in test are told when a dataset is opened."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from explorer.data.open import open_dataset
from explorer.data.shared_images import shared_images
from tests.data.greys import csv_of, image, write, write_images
from tests.data.layouts import write_tar

TOLD = "Images of test that are in train, too: 2"


def rows_of_one_table(folder):
    write_images(folder, {"0.png": 10, "1.png": 20, "2.png": 30})
    rows = [("0", "train"), ("1", "train"), ("2", "train"), ("0", "test"), ("1", "test")]
    lines = [f"{name}.png,caption {name},{split}" for name, split in rows]
    write(folder / "captions.csv", "\n".join(["image,caption,split", *lines]))


def copies_of_other_names(folder):
    write_images(folder / "train", {"a.png": 10, "b.png": 20, "c.png": 30})
    write_images(folder / "test", {"0.png": 10, "1.png": 20, "2.png": 40})
    write(folder / "train" / "t.csv", csv_of({"a.png": 10, "b.png": 20, "c.png": 30}))
    write(folder / "test" / "t.csv", csv_of({"0.png": 10, "1.png": 20, "2.png": 40}))


def tars(folder):
    for split, levels in (("train", (10, 20, 30)), ("test", (10, 20, 40))):
        files = [(f"{n}.png", image(n)) for n in levels]
        files = [
            pair for name, each in files for pair in ((name, each), (f"{name[:-4]}.txt", b"a"))
        ]
        write_tar(folder / f"{split}.tar", files)


def parquet(folder):
    for split, levels in (("train", (10, 20, 30)), ("test", (10, 20, 40))):
        table = pa.table({"image": [image(n) for n in levels], "caption": ["a"] * 3})
        folder.mkdir(exist_ok=True)
        pq.write_table(table, folder / f"{split}.parquet")


def classes(folder):
    for split, levels in (("train", (10, 20, 30)), ("test", (10, 20, 40))):
        for n in levels:
            write(folder / split / str(n) / f"{n + len(split)}.png", image(n))


@pytest.mark.parametrize("make", [rows_of_one_table, copies_of_other_names, tars, parquet, classes])
def test_images_of_test_that_are_in_train_are_counted(tmp_path, make):
    make(tmp_path / "set")
    assert TOLD in open_dataset(str(tmp_path / "set")).found


def test_copies_within_train_are_told_where_test_is_taken_out_of_it(tmp_path):
    write_images(tmp_path, {f"{n}.png": 10 for n in range(10)})
    write(tmp_path / "a.csv", csv_of({f"{n}.png": n for n in range(10)}))
    assert "Images of test that are in train, too: 1" in open_dataset(str(tmp_path)).found


def test_where_too_many_are_equally_long_nothing_is_read(tmp_path):
    copies_of_other_names(tmp_path)
    splits = open_dataset(str(tmp_path)).splits
    assert shared_images(splits, most=1) is None
    found = {(each.split, each.other): each.n_images for each in shared_images(splits) or ()}
    assert found["test", "train"] == 2


def test_a_missing_image_is_the_same_as_no_other(tmp_path):
    rows = [{"image": "0.png", "caption": "a"}]
    for split in ("train", "test"):
        write(tmp_path / f"{split}.json", json.dumps(rows))
    assert "too: " not in open_dataset(str(tmp_path)).found
