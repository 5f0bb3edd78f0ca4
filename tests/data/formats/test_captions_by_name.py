"""JSON with captions, or classes, under the names of images."""

import json

import pytest

from tests.data.greys import (
    found_in,
    levels,
    said,
)


def test_captions_under_names_cost_a_name_at_most(tmp_path):
    content = '{"0.png": "level 10", "1.png": ["level 20"], "2.png": {"a": 1}, "3.png": [["a"], 7]}'
    found = found_in(tmp_path, "captions.json", content)
    assert levels(found.splits["train"]) == said(10, 20)
    assert found.left_out.told() == (
        "names whose captions are no text (2), images that no table names (2)"
    )


@pytest.mark.parametrize("name", ["labels.json", "image_classes.json"])
@pytest.mark.parametrize("labels", ["ab", [7, 3]])
def test_labels_under_names_are_no_captions(tmp_path, name, labels):
    found = found_in(
        tmp_path, name, json.dumps({f"{n}.png": each for n, each in enumerate(labels)})
    )
    assert found.splits["train"].classes == sorted(map(str, labels))


def test_captions_may_stand_under_names_without_a_suffix(tmp_path):
    content = '{"0": "level 10", "1": ["level 20"], "7": "level 80"}'
    train = found_in(tmp_path, "train.json", content).splits["train"]
    assert list(train.captions) == ["level 10", "level 20", "level 80"]
    assert train.open_image(1).getpixel((0, 0))[0] == 20


def test_an_object_may_have_the_caption_under_a_name(tmp_path):
    about = {f"{n}.png": {"tags": "a, b", "caption": f"level {10 * n + 10}"} for n in range(2)}
    about["2.png"] = {"tags": "c"}
    found = found_in(tmp_path, "meta_cap.json", json.dumps(about))
    assert levels(found.splits["train"]) == said(10, 20)
    assert found.left_out["names whose captions are no text"] == 1
