"""Tables that name images in one column."""

import pytest

from explorer.data.found import look_into
from explorer.data.reading.separated import first_rows
from explorer.types import Labelled
from tests.data.greys import (
    filled,
    found_in,
    image,
    levels,
    said,
    write,
    write_images,
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
    (tmp_path / "train.csv").rename(tmp_path / "sample_submission.csv")  # the only one
    found = look_into(str(tmp_path))
    assert not any(note.startswith("Not read") for note in found.notes)


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


def test_a_table_in_each_folder_of_a_class_tells_of_the_images_beside_it(tmp_path):
    for n in range(2):
        write_images(tmp_path / f"{n:05}", {"0.png": 20 * n + 10, "1.png": 20 * n + 20})
        rows = f"Filename;Width;ClassId\n0.png;4;{n}\n1.png;4;{n}\n"
        write(tmp_path / f"{n:05}/GT-{n:05}.csv", rows)
    train = look_into(str(tmp_path)).splits["train"]
    assert isinstance(train, Labelled)
    read = [train.open_image(i).getpixel((0, 0))[0] for i in range(4)]
    assert read == [10, 20, 30, 40]
    assert [train.classes[c] for c in train.labels] == ["0", "0", "1", "1"]


@pytest.mark.parametrize("other", ["id,name\n0,cat\n", "image,width,class_id\n0.png,4,1\n"])
def test_a_table_that_tells_less_clearly_of_images_is_named_beside_captions(tmp_path, other):
    write(tmp_path / "classes.csv", other)
    found = found_in(tmp_path, "captions.csv", "image,caption\n0.png,a dog runs\n1.png,a cat\n")
    assert levels(found.splits["train"]) == {"a dog runs": 10, "a cat": 20}
    assert "classes.csv" in found.notes[0]


@pytest.mark.parametrize("content", ["id,name\n0,cat\n1,dog\n", "id,description\n0,a dog runs\n"])
def test_a_table_of_ids_counts_less_than_folders_of_classes(tmp_path, content):
    write_images(tmp_path / "cat", {"0.png": 10, "2.png": 30})
    write_images(tmp_path / "dog", {"1.png": 20, "3.png": 40})
    write(tmp_path / "about.csv", content)
    found = look_into(str(tmp_path))
    assert found.splits["train"].classes == ["cat", "dog"]
    assert any("Not read" in note and "about.csv" in note for note in found.notes)


def test_only_the_beginning_of_a_large_table_is_read_to_see_what_it_is(tmp_path):
    rows = "".join(f"{n},1.0\n" for n in range(20_000))
    write(tmp_path / "losses.csv", f"step,loss\n{rows}")
    path = tmp_path / "losses.csv"
    first = list(first_rows(path))
    assert first[-1] == {"step": str(len(first) - 1), "loss": "1.0"}
    assert 100 < len(first) < 20_000
