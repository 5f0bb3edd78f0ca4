"""Which fields of a row hold what, and what counts as a caption."""

import json

import pytest

from explorer.data.left_out import LeftOut
from explorer.data.reading.fields import (
    as_captions,
    captions_in,
    choose_fields,
    failed,
    label_in,
    no_fields,
    wordless_among,
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


def test_fields_without_words_are_those_that_hold_something_and_never_words():
    rows = [
        {"score": "0.5", "words": "", "mixed": "7", "none": None, "box": {"x": 1}, "list": ["a"]},
        {"score": "12", "words": "a dog", "mixed": "a cat", "none": "", "box": 3, "list": []},
    ]
    assert wordless_among(rows) == {"score", "box"}
    assert choose_fields(["image", "score"], wordless=wordless_among(rows)) is None


@pytest.mark.parametrize(
    ("value", "captions"),
    [
        ("a dog", ["a dog"]),
        (None, [""]),
        (float("nan"), [""]),
        (["a", None, ["b", "c"]], ["a", "", "b", "c"]),
        ({"raw": "a", "tokens": ["x"]}, ["a"]),
        ([{"raw": "a"}, {"raw": "b"}], ["a", "b"]),
        ('["a", "b"]', ["a", "b"]),
        ("['a', \"it's\", None]", ["a", "it's"]),
        ("['a' 'b']", ["a", "b"]),
        ("('a', 'b')", ["a", "b"]),
        ("[a dog]", ["[a dog]"]),
        ("('a dog')", ["('a dog')"]),
        ("[1, 2]", ["[1, 2]"]),
        (json.dumps(json.dumps(["a", "b"])), ["a", "b"]),
        (3, None),
        (0.5, None),
        (["a", 3], None),
        ({"text": "a"}, None),
    ],
)
def test_what_captions_a_value_holds(value, captions):
    assert as_captions(value) == captions


def test_a_row_has_the_captions_of_all_its_fields_or_none():
    row = {"caption_0": "a", "caption_1": ["b", "c"], "other": 3}
    assert captions_in(row, ["caption_0", "caption_1"]) == ["a", "b", "c"]
    assert captions_in(row, ["caption_0", "missing"]) == ["a", ""]
    assert captions_in(row, ["caption_0", "other"]) is None


@pytest.mark.parametrize("text", ["[" * 100_000, "['" * 50_000, '"[' + "'a' " * 30_000])
def test_brackets_without_an_end_are_a_caption_like_any_other(text):
    assert as_captions(text) == [text]


@pytest.mark.parametrize(
    ("value", "label"),
    [
        *[(3, "3"), (3.0, "3"), ("3.0", "3"), (0, "0"), (True, "True"), (" dog ", "dog")],
        *[(3.5, ""), ("0.25", ""), (None, ""), ("nan", ""), (float("nan"), ""), ([0, 1], "")],
        *[("1.0e+00", "1"), ("1e+00", "1"), ("1.5e+00", ""), ("v1.0", "v1.0"), ("1e5", "1e5")],
        *[(["dog"], "dog"), ("['dog']", "dog"), ("['a', 'b']", ""), ("[dog", "[dog"), (b"a", "a")],
    ],
)
def test_a_class_is_a_text_or_a_whole_number(value, label):
    left_out = LeftOut()
    assert label_in({"label": value}, "label", left_out) == label
    assert left_out.total() == (value in (3.5, "0.25", [0, 1], "1.5e+00", "['a', 'b']"))
    assert label_in({"label": value}, None, left_out) == ""
    assert label_in({}, "label", left_out) == ""


@pytest.mark.parametrize(
    ("status", "has_failed"),
    [("failed_to_download", True), ("success", False), (None, False), (3, False)],
)
def test_what_img2dataset_could_not_fetch_says_so(status, has_failed):
    assert failed(status) == has_failed
