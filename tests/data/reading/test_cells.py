"""What a cell holds."""

import json

import pytest

from explorer.data.found import read_splits
from explorer.data.left_out import LeftOut
from explorer.data.reading.cells import as_captions, captions_in, failed, label_in
from tests.data.greys import found_in, levels, read, said, write, write_images


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
        ("{'b', 'a'}", ["a", "b"]),
        ("{'raw': 'a', 'tokens': ['x']}", ["a"]),
        ('{"caption": ["a", "b"], "url": "c"}', ["a", "b"]),
        ("{'en': 'a', 'de': 'b'}", None),
        ("{[]: 1}", ["{[]: 1}"]),
        ("{a dog}", ["{a dog}"]),
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


@pytest.mark.parametrize("name", ["a.csv", "train.json"])
@pytest.mark.parametrize("nothing", ["nan", "NaN", "null", "None", "<NA>", "n/a", "-"])
def test_a_caption_that_says_nothing_is_counted(tmp_path, name, nothing):
    captions = ["level 10", "level 20", nothing]
    rows = [{"image": f"{n}.png", "caption": each} for n, each in enumerate(captions)]
    table = "".join(f"{row['image']},{row['caption']}\n" for row in rows)
    content = json.dumps(rows) if name == "train.json" else f"image,caption\n{table}"
    found = found_in(tmp_path, name, content)
    assert levels(found.splits["train"]) == said(10, 20)
    assert found.left_out["captions such as `nan` that say nothing"] == 1


@pytest.mark.parametrize("label", [[0, 1], {"name": "cat"}])
def test_labels_that_are_no_class_are_shown(tmp_path, label):
    rows = [{"file_name": "0.png", "label": "cat"}, {"file_name": "1.png", "label": "dog"}]
    rows.append({"file_name": "2.png", "label": label})
    found = found_in(tmp_path, "metadata.jsonl", "\n".join(map(json.dumps, rows)))
    assert found.splits["train"].n_images == 2
    assert found.left_out.examples["labels that are lists or other things than one class"] == [
        str(label)
    ]


@pytest.mark.parametrize(
    "cell",
    [
        "('level 10', 'b')",
        "[{'raw': 'level 10'}, {'raw': 'b'}]",
        '[{""raw"": ""level 10""}, ""b""]',
    ],
)
def test_lists_of_other_makes_are_lists_too(tmp_path, cell):
    write_images(tmp_path, {"0.png": 10})
    write(tmp_path / "a.csv", f'image,captions\n0.png,"{cell}"\n')
    assert list(read(tmp_path)["train"]) == ["level 10", "b"]


def test_a_caption_in_parentheses_is_a_caption(tmp_path):
    write_images(tmp_path, {"0.png": 10})
    write(tmp_path / "a.csv", "image,captions\n0.png,(a dog) on 'a' beach)\n")
    assert list(read(tmp_path)["train"]) == ["a dog on 'a' beach"]


def test_classes_that_are_whole_floats_are_numbers(tmp_path):
    write_images(tmp_path, {"0.png": 10, "1.png": 20})
    rows = ['{"file_name": "0.png", "label": 0.0}', '{"file_name": "1.png", "label": 10.0}']
    write(tmp_path / "metadata.jsonl", "\n".join(rows))
    assert read_splits(str(tmp_path))[1]["train"].classes == ["0", "10"]
