"""Metadata beside images."""

import json

import pytest

from explorer.data.found import look_into, read_splits
from explorer.data.open import open_dataset
from tests.colours import write_classes
from tests.data.greys import (
    IMAGES,
    TABLE,
    lines_of,
    write,
    write_images,
)


def test_imagefolder_is_recognised(tmp_path, colours):
    folder = tmp_path / "set"
    (folder / "train").mkdir(parents=True)
    (colours / "images" / "train0.png").rename(folder / "train" / "0.png")
    (colours / "images" / "train1.png").rename(folder / "train" / "1.png")
    rows = [{"file_name": "0.png", "caption": "One"}, {"file_name": "1.png", "caption": ["A", "B"]}]
    lines = "\n".join(json.dumps(row) for row in rows)
    (folder / "train" / "metadata.jsonl").write_text(lines + "\n")
    name, splits = read_splits(str(folder))
    assert name == "Hugging Face imagefolder"
    assert splits["train"].captions == ["one", "a", "b"]
    assert splits["train"].open_image(1).size == (48, 40)


def test_a_column_of_labels_is_read_where_there_are_no_captions(tmp_path):
    folder = write_classes(tmp_path / "colours")
    for split in ("train", "val", "test"):
        rows = [
            {"file_name": str(path.relative_to(folder / split)), "label": i % 2, "seed": 1}
            for i, path in enumerate(sorted((folder / split).rglob("*.png")))
        ]
        lines = [*map(json.dumps, rows), json.dumps({**rows[0], "file_name": "x.png", "label": ""})]
        (folder / split / "metadata.jsonl").write_text("\n".join(lines))
    dataset = open_dataset(str(folder))
    assert dataset.labelled().classes == ["0", "1"]
    assert dataset.labelled().labels[:4].tolist() == [0, 1, 0, 1]
    assert "images without a label (3)" in dataset.found


def test_captions_win_over_labels(tmp_path):
    folder = write_classes(tmp_path / "colours", {"train": 9}) / "train"
    rows = [
        {"file_name": str(path.relative_to(folder)), "label": "x", "caption": f"number {i}"}
        for i, path in enumerate(sorted(folder.rglob("*.png")))
    ]
    (folder / "metadata.jsonl").write_text("\n".join(map(json.dumps, rows)))
    assert open_dataset(str(folder)).pairs().n_captions == 7


def test_two_tables_that_say_the_same_of_an_image_count_once(tmp_path):
    write_images(tmp_path / "train", {"0.png": 10, "1.png": 20})
    write(tmp_path / "train" / "metadata.jsonl", lines_of({"0.png": 10, "1.png": 20}))
    write(tmp_path / "metadata.jsonl", lines_of({"train/0.png": 10, "train/1.png": 20}))
    assert len(read_splits(str(tmp_path))[1]["train"].captions) == 2
    assert "rows that another table has, too (2)" in open_dataset(str(tmp_path)).found


@pytest.mark.parametrize("name", ["metadata.csv", "metadata.jsonl"])
def test_metadata_may_call_the_image_otherwise(tmp_path, name):
    write_images(tmp_path, IMAGES)
    rows = [{"image": each, "caption": "a level"} for each in IMAGES]
    write(tmp_path / name, TABLE if name.endswith("csv") else "\n".join(map(json.dumps, rows)))
    assert look_into(str(tmp_path)).splits["train"].n_images == len(IMAGES)


def test_metadata_of_something_else_lies_beside_class_folders(tmp_path):
    write_images(tmp_path, {"cat/0.png": 10, "dog/0.png": 20})
    write(tmp_path / "metadata.csv", "patient,age\n1,50\n")
    found = look_into(str(tmp_path))
    assert found.format == "class folders"
    assert "metadata.csv" in " ".join(found.notes)
