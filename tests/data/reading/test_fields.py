"""Which fields of a row hold what, and what counts as a caption."""

import json

import pytest

from explorer.data.inspect import inspect
from explorer.data.left_out import LeftOut
from explorer.data.open import open_dataset, read_splits
from explorer.data.reading.fields import (
    as_captions,
    captions_in,
    choose_fields,
    failed,
    label_in,
    no_fields,
    wordless_among,
)
from explorer.errors import BadDataError, ConfigError
from tests.data.greys import (
    found_in,
    levels,
    read,
    rows_as,
    said,
    write,
    write_images,
)
from tests.data.layouts import write_text


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


@pytest.mark.parametrize("name", ["metadata.jsonl", "captions.json", "a.csv"])
def test_a_column_of_splits_may_be_called_otherwise(tmp_path, name):
    rows = [
        {"file_name": f"{n}.png", "caption": f"level {10 * n + 10}", "Subset": split}
        for n, split in enumerate(["training", "valid", "Test", "train"])
    ]
    found_in(tmp_path, name, rows_as(name, rows))
    assert read(tmp_path) == {"train": said(10, 40), "val": said(20), "test": said(30)}


@pytest.mark.parametrize("name", ["all.csv", "train.csv", "captions.json"])
@pytest.mark.parametrize("word", ["cats", "testing ground"])
def test_a_column_of_other_words_is_none_of_splits(tmp_path, name, word):
    cells = ["test" if name == "train.csv" else word, "train", "train"]
    rows = [
        {"file_name": f"{n}.png", "caption": f"level {10 * n + 10}", "subset": cell}
        for n, cell in enumerate(cells)
    ]
    found_in(tmp_path, name, rows_as(name, rows))
    assert read(tmp_path) == {"train": said(10, 20, 30)}


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


@pytest.mark.parametrize("name", ["a.csv", "metadata.jsonl"])
@pytest.mark.parametrize("words", ["0 1", "true False", "no yes", "-1 1"])
def test_a_column_of_two_values_is_of_classes_where_it_stands_alone(tmp_path, name, words):
    rows = [
        {"file_name": f"{n}.png", "malignant": word} for n, word in enumerate([*words.split(), ""])
    ]
    found = found_in(tmp_path, name, rows_as(name, rows))
    assert set(found.splits["train"].classes) == set(words.split())
    assert found.left_out["images without a label"] == 1


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


def test_a_class_may_have_a_column_of_its_own(tmp_path):
    write_images(tmp_path, {f"{n}.png": 10 * n for n in range(6)})
    ones = ["1.0,0.0,0.0", "0.0,1.0,0.0", "0.0,0.0,1.0"]
    rows = "".join(f"{n}.png,{n},{ones[n % 3]}\n" for n in range(6))
    write(tmp_path / "truth.csv", f"image,age,mole,nevus,carcinoma\n{rows}")
    train = read_splits(str(tmp_path))[1]["train"]
    assert [train.classes[n] for n in train.labels[:3]] == ["mole", "nevus", "carcinoma"]
    assert train.columns.keys() == {"age"}


def test_a_later_row_of_two_classes_costs_that_row(tmp_path):
    write_images(tmp_path, {f"{n}.png": n for n in range(104)})
    rows = "".join(f"{n}.png,{n % 2},{1 - n % 2}\n" for n in range(102))
    write(tmp_path / "a.csv", f"image,cat,dog\n{rows}102.png,1,1\n103.png,0,0\n")
    found = open_dataset(str(tmp_path)).found
    assert "rows of several classes or of none (2)" in found


def test_rows_of_several_classes_are_refused(tmp_path):
    write_images(tmp_path, {"0.png": 10, "1.png": 20})
    write(tmp_path / "a.csv", "image,cat,dog\n0.png,1,1\n1.png,0,1\n")
    with pytest.raises(BadDataError, match="its columns are image, cat, dog"):
        open_dataset(str(tmp_path))


@pytest.mark.parametrize("column", ["scan", "image_id"])
def test_a_column_that_names_images_may_be_called_otherwise(tmp_path, column):
    write_images(tmp_path, {"0.png": 10, "1.png": 20})
    write(tmp_path / "a.csv", f"{column},caption\n0.png,level 10\n1.png,level 20\n")
    assert read(tmp_path) == {"train": said(10, 20)}


def test_a_column_that_may_mean_splits_and_is_not_read_as_such_is_told(tmp_path):
    write_images(tmp_path, {"0.png": 10, "1.png": 20})
    write(tmp_path / "a.csv", "image,label,partition\n0.png,a,0\n1.png,b,1\n")
    told = inspect(str(tmp_path))["columns"]
    assert "no splits from `partition`, whose values are not train, val and test" in told


def test_a_column_of_numbers_is_no_caption_because_its_name_is_like_one(tmp_path):
    rows = "".join(f"{n}.png,{n},A dog\n" for n in range(3))
    write_text(tmp_path / "a.csv", f"file_name,text_length,short_text\n{rows}")
    train = open_dataset(str(tmp_path)).splits["train"]
    assert train.captions == ["a dog"]
    assert list(train.columns) == ["text_length"]


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
