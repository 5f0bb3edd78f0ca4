"""Images with a category each, told in COCO's way."""

import json

import pytest

from explorer.data.found import look_into
from explorer.errors import BadDataError
from explorer.types import Labelled
from tests.data.greys import write, write_images

CATEGORIES = [{"id": 3, "name": "cat"}, {"id": 7, "name": "dog"}]


def told(ids: list[tuple[int, int]], categories: list[dict[str, object]] = CATEGORIES) -> str:
    """Images by their numbers, each with the ids of its categories."""
    images = [{"id": n, "file_name": f"birds/{n}.png"} for n in dict(ids)]
    annotations = [{"id": 0, "image_id": n, "category_id": each} for n, each in ids]
    return json.dumps({"images": images, "annotations": annotations, "categories": categories})


def classes(split: object) -> dict[int, str]:
    """The class of each image by its level."""
    assert isinstance(split, Labelled)
    levels = [split.open_image(i).getpixel((0, 0))[0] for i in range(split.n_images)]
    return {level: split.classes[c] for level, c in zip(levels, split.labels, strict=True)}


def test_images_have_their_category_and_split(tmp_path):
    write_images(tmp_path / "all/birds", {f"{n}.png": 10 * n + 10 for n in range(5)})
    write(tmp_path / "train2018.json", told([(0, 3), (1, 7), (1, 7), (2, 3), (2, 7)]))
    write(tmp_path / "val2018.json", told([(3, 7)]))
    found = look_into(str(tmp_path))
    assert found.format == "COCO categories"
    assert classes(found.splits["train"]) == {10: "cat", 20: "dog"}
    assert classes(found.splits["val"]) == {40: "dog"}
    assert found.left_out.examples["images of several categories"] == ["birds/2.png"]
    assert found.left_out["images that no table names"] == 2


def test_an_image_without_a_category_is_counted(tmp_path):
    write_images(tmp_path / "birds", {f"{n}.png": 10 for n in range(4)})
    write(tmp_path / "any.json", told([(0, 3), (1, 7), (2, 8)]))
    assert look_into(str(tmp_path)).left_out["images without a label"] == 1


def test_two_categories_of_one_name_are_refused(tmp_path):
    write_images(tmp_path / "birds", {"0.png": 10, "1.png": 20})
    write(tmp_path / "any.json", told([(0, 3), (1, 7)], [*CATEGORIES, {"id": 1, "name": "cat"}]))
    with pytest.raises(BadDataError, match="gives two classes the name 'cat'"):
        look_into(str(tmp_path))


def test_captions_win_over_categories_without_a_word_of_them(tmp_path):
    write_images(tmp_path / "birds", {"0.png": 10, "1.png": 20})
    about = json.loads(told([(0, 3), (1, 7)]))
    for each in about["annotations"]:
        each["caption"] = "a bird"
    write(tmp_path / "captions_train.json", json.dumps(about))
    write(tmp_path / "instances_train.json", told([(0, 3), (1, 7)]))
    found = look_into(str(tmp_path))
    assert found.format == "COCO captions"
    assert not any("would fit" in note for note in found.notes)


def test_categories_so_many_that_no_end_of_the_file_tells_of_annotations(tmp_path):
    write_images(tmp_path / "birds", {"0.png": 10, "1.png": 20})
    more = [{"id": n, "name": f"bird {n}", "supercategory": "x" * 99} for n in range(10, 1000)]
    rest = json.loads(told([(0, 3), (1, 7)], [*CATEGORIES, *more]))
    images = [{**each, "rights": "y" * 40_000} for each in rest["images"]]
    write(tmp_path / "train.json", json.dumps({**rest, "images": images}))
    assert classes(look_into(str(tmp_path)).splits["train"]) == {10: "cat", 20: "dog"}
