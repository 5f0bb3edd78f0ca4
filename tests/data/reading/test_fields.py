"""Which fields of a row hold what, and what counts as a caption."""

import json

import pytest

from explorer.data.found import read_splits
from explorer.data.inspect import inspect
from explorer.data.open import open_dataset
from explorer.data.reading.fields import choose_fields, no_fields
from explorer.errors import ConfigError
from tests.data.greys import (
    found_in,
    levels,
    rows_as,
    said,
    write,
    write_images,
)


@pytest.mark.parametrize(
    ("names", "image", "captions", "label"),
    [
        (["image", "caption"], "image", ("caption",), None),
        (["Image ", "CAPTION"], "Image ", ("CAPTION",), None),
        (["path", "file_name", "text"], "file_name", ("text",), None),
        (["image", "raw", "captions"], "image", ("captions",), None),
        (["image", "caption_1", "caption_0"], "image", ("caption_1", "caption_0"), None),
        (["image", "caption1", "caption", "score"], "image", ("caption",), None),
        (["image", "label", "caption"], "image", ("caption",), None),
        (["image", "fine_label", "coarse"], "image", (), "fine_label"),
        (["image", "words"], "image", ("words",), None),
        (["image", "alt_text", "blip_caption"], "image", ("alt_text",), None),
        (["image", "label", "words"], "image", (), "label"),
    ],
)
def test_the_most_telling_name_wins(names, image, captions, label):
    found = choose_fields(names)
    assert (found.image, found.captions, found.label) == (image, captions, label)


@pytest.mark.parametrize("names", [[], ["image"], ["caption"], ["image", "width", "height"]])
def test_rows_without_an_image_or_without_a_target_are_not_understood(names):
    assert choose_fields(names) is None
    assert all(name in str(no_fields("t.csv", names)) for name in names)


def test_of_what_else_a_row_says_nothing_is_lost_and_nothing_said_twice():
    names = ["image", "caption", "split", "image_id", "status", "width", "", "label"]
    found = choose_fields(names)
    assert (found.split, found.identity, found.status) == ("split", "image_id", "status")
    assert found.others == ("image_id", "width", "label")
    assert found.small == ["caption", "split", "image_id", "status", "width", "label"]
    row = {"image": 0, "width": 3, "label": "x", "caption": "a"}
    assert found.rest(row) == {"width": 3, "label": "x"}
    assert found.told() == [
        "images from `image`",
        "captions from `caption`",
        "splits from `split`",
        "one image where `image_id` is the same",
    ]


def test_a_field_that_tells_images_apart_is_not_that_of_the_image():
    assert choose_fields(["file_name", "caption"]).identity is None
    assert choose_fields(["image", "file_name", "caption"]).image == "file_name"
    assert choose_fields(["image", "image_id", "caption"]).identity == "image_id"


@pytest.mark.parametrize("name", ["metadata.jsonl", "captions.json", "train.json", "a.csv"])
def test_rows_of_an_unknown_split_are_in_none(tmp_path, name):
    splits = ["train", "testA", "dev", "holdout"]
    rows = [
        {"file_name": f"{n}.png", "caption": f"level {10 * n + 10}", "split": split}
        for n, split in enumerate(splits)
    ]
    if name == "a.csv":
        content = "\n".join([",".join(rows[0]), *(",".join(row.values()) for row in rows)])
    else:
        content = json.dumps(rows) if name.endswith("json") else "\n".join(map(json.dumps, rows))
    found = found_in(tmp_path, name, content)
    assert {split: levels(each) for split, each in found.splits.items()} == {
        "train": said(10),
        "val": said(30),
    }
    assert found.left_out["rows of an unknown split"] == 2


@pytest.mark.parametrize("name", ["train.json", "data.jsonl", "train.jsonl", "metadata.json"])
def test_rows_of_json_may_have_labels_for_captions(tmp_path, name):
    rows = [{"image": f"{n}.png", "label": label} for n, label in enumerate("aba")]
    found = found_in(tmp_path, name, rows_as(name, rows))
    assert found.splits["train"].classes == ["a", "b"]


def test_a_column_that_may_mean_splits_and_is_not_read_as_such_is_told(tmp_path):
    write_images(tmp_path, {"0.png": 10, "1.png": 20})
    write(tmp_path / "a.csv", "image,label,partition\n0.png,a,0\n1.png,b,1\n")
    told = inspect(str(tmp_path))["columns"]
    assert "no splits from `partition`, whose values are not train, val and test" in told


@pytest.mark.parametrize("name", ["a.csv", "metadata.jsonl", "all.json"])
def test_a_class_beside_captions_is_a_column_and_no_task_is_made_of_it(tmp_path, name):
    write_images(tmp_path, {f"{n}.png": n for n in range(4)})
    rows = [
        {"image": f"{n}.png", "caption": f"level {n}", "label": label}
        for n, label in enumerate(["cat", "dog", "cat", "fox"])
    ]
    write(tmp_path / name, rows_as(name, rows))
    dataset = open_dataset(str(tmp_path))
    column = read_splits(str(tmp_path))[1]["train"].columns["label"]
    assert [column.names[n] for n in column.values] == ["cat", "dog", "cat", "fox"]
    with pytest.raises(ConfigError, match="has no classes"):
        dataset.labelled()
