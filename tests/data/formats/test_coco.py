"""COCO's own files, and others that are written nearly so."""

import json

import pytest

from explorer.data.found import look_into
from explorer.data.open import open_dataset
from explorer.errors import BadDataError
from tests.data.greys import (
    levels,
    read,
    said,
    write,
    write_images,
)


def coco(ns: list[int]) -> str:
    images = [{"id": n, "file_name": f"{n}.png"} for n in ns]
    rows = [{"image_id": n, "caption": f"level {10 * n + 10}"} for n in ns]
    return json.dumps({"images": images, "annotations": rows})


@pytest.mark.parametrize("form", ["captions_{}.json", "annotations/{}.json", "{}2017.json"])
def test_files_like_those_of_coco_may_name_any_split(tmp_path, form):
    write_images(tmp_path / "images", {f"{n}.png": 10 * n + 10 for n in range(3)})
    for n, split in enumerate(["train", "minival", "test"]):
        write(tmp_path / form.format(split), coco([n]))
    assert read(tmp_path) == {"train": said(10), "val": said(20), "test": said(30)}


def test_lists_of_coco_may_be_within_others_of_the_same_name(tmp_path):
    write_images(tmp_path / "train2017", {"0.png": 10, "1.png": 20})
    content = json.loads(coco([0, 1]))
    images = [{**each, "id": float(each["id"]), "annotations": []} for each in content["images"]]
    content = {"info": {"images": [1]}, "annotations": content["annotations"], "images": images}
    write(tmp_path / "captions_train2017.json", json.dumps(content))
    assert read(tmp_path) == {"train": said(10, 20)}


@pytest.mark.parametrize("name", ["train/_annotations.coco.json", "annotations.json", "all/x.json"])
def test_cocos_files_may_have_any_name(tmp_path, name):
    folder = "train" if name.startswith("train") else "images"
    write_images(tmp_path / folder, {"0.png": 10, "1.png": 20})
    write(tmp_path / name, coco([0, 1]))
    assert read(tmp_path) == {"train": said(10, 20)}


@pytest.mark.parametrize("folders", [["images"], ["images", "masks"], ["train2017", "val2017"]])
def test_boxes_alone_are_not_understood_and_no_class_is_called_images(tmp_path, folders):
    for folder in folders:
        write_images(tmp_path / folder, {"0.png": 10, "1.png": 20})
    write(tmp_path / "annotations/instances_train.json", coco([0, 1]).replace("caption", "bbox"))
    with pytest.raises(BadDataError, match=r"^annotations/instances_train.json is not understood"):
        look_into(str(tmp_path))


def test_many_files_that_name_a_split_are_of_single_images(tmp_path, monkeypatch):
    monkeypatch.setattr("explorer.data.formats.coco.is_coco", pytest.fail)
    for n in range(25):
        write_images(tmp_path, {f"COCO_train2014_{n}.png": n})
        write(tmp_path / f"COCO_train2014_{n}.json", json.dumps({"caption": f"level {n}"}))
    assert levels(look_into(str(tmp_path)).splits["train"]) == said(*range(25))


def coco_of(images: list, captions: list) -> str:
    rows = [{"image_id": image, "caption": text} for image, text in captions]
    return json.dumps(
        {"images": [{"id": i, "file_name": f} for i, f in images], "annotations": rows}
    )


@pytest.mark.parametrize(
    ("images", "captions"),
    [
        ([(0, "train2017/0.png"), (1, "train2017/1.png")], [(0, "level 10"), (1, "level 20")]),
        ([(0, "0.png"), (1, "1.png")], [("0", "level 10"), ("1", "level 20")]),
        ([("0", "0.png"), ("1", "1.png")], [(0, "level 10"), (1, "level 20")]),
    ],
    ids=["names begin with the folder", "image ids in quotes", "ids in quotes"],
)
def test_coco_may_be_written_otherwise(tmp_path, images, captions):
    write_images(tmp_path / "train2017", {"0.png": 10, "1.png": 20})
    write(tmp_path / "annotations/captions_train2017.json", coco_of(images, captions))
    assert read(tmp_path) == {"train": said(10, 20)}


def test_captions_of_an_id_that_two_images_have_are_left_out(tmp_path):
    write_images(tmp_path / "train2017", {"0.png": 10, "1.png": 20})
    images = [(0, "0.png"), (1, "1.png"), (0, "1.png")]
    captions = [(0, "level 10"), (1, "level 20")]
    write(tmp_path / "captions_train2017.json", coco_of(images, captions))
    assert read(tmp_path) == {"train": said(20)}
    found = open_dataset(str(tmp_path)).found
    assert "captions of an `id` that several images have (1)" in found
