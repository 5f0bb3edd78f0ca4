"""Tables that name images in one column."""

import pytest

from explorer.data.found import look_into
from tests.data.greys import (
    filled,
    found_in,
    image,
    levels,
    said,
    write,
)


def test_captions_may_be_numbered_behind_the_name_of_their_image(tmp_path):
    content = "image,caption\n0.png#0,level 10\n0.png#1,again\n1.png#0,level 20"
    train = found_in(tmp_path, "a.csv", content).splits["train"]
    assert levels(train) == {**said(10, 20), "again": 10}
    assert train.n_images == 2


@pytest.mark.parametrize("other", ["epoch,loss\n1,2\n", "image,width,height\n0.png,8,8\n"])
def test_tables_of_something_else_are_named_and_no_dataset_of_their_own(tmp_path, other):
    filled(tmp_path, "CSV with captions")
    write(tmp_path / "test.csv", other)
    found = look_into(str(tmp_path))
    assert list(found.splits) == ["train"]
    assert "test.csv" in found.notes[0]


def test_an_example_of_answers_is_no_table_of_classes(tmp_path):
    write(tmp_path / "sample_submission.csv", "image,label\n0.png,dog\n1.png,dog\n")
    found = found_in(tmp_path, "train.csv", "image,label\n0.png,cat\n1.png,dog\n")
    assert found.splits["train"].classes == ["cat", "dog"]
    assert found.notes[0].startswith("Not read, for it shows how to submit answers: ")


def test_several_tables_of_something_else_lie_beside_class_folders(tmp_path):
    for n, name in enumerate(["cat/0.png", "dog/1.png"]):
        write(tmp_path / name, image(10 * n + 10))
        write(tmp_path / f"{n}.csv", "epoch,loss\n1,2\n")
    found = look_into(str(tmp_path))
    assert found.format == "class folders"
    assert "0.csv needs a column with images" in " ".join(found.notes)


def test_captions_that_are_no_text_are_said_to_be_so(tmp_path):
    cell = "\"{'en': 'a dog'}\""
    found = found_in(tmp_path, "a.csv", f"image,caption\n0.png,{cell}\n1.png,level 20")
    assert found.left_out["rows whose captions are no text"] == 1
