"""What rows say of columns, whatever these are called."""

import pytest

from explorer.data.found import look_into, read_splits
from explorer.data.open import open_dataset
from explorer.data.reading.columns import repeating_among, wordless_among
from explorer.data.reading.fields import choose_fields, no_fields
from explorer.errors import BadDataError
from tests.data.greys import (
    found_in,
    read,
    rows_as,
    said,
    write,
    write_images,
)
from tests.data.layouts import write_parquet, write_text


def test_fields_without_words_are_those_that_hold_something_and_never_words():
    rows = [
        {"score": "0.5", "words": "", "mixed": "7", "none": None, "box": {"x": 1}, "list": ["a"]},
        {"score": "12", "words": "a dog", "mixed": "a cat", "none": "", "box": 3, "list": []},
    ]
    assert wordless_among(rows) == {"score", "box"}
    assert choose_fields(["image", "score"], wordless=wordless_among(rows)) is None


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


@pytest.mark.parametrize("name", ["a.csv", "metadata.jsonl"])
@pytest.mark.parametrize("words", ["0 1", "true False", "no yes", "-1 1"])
def test_a_column_of_two_values_is_of_classes_where_it_stands_alone(tmp_path, name, words):
    rows = [
        {"file_name": f"{n}.png", "malignant": word} for n, word in enumerate([*words.split(), ""])
    ]
    found = found_in(tmp_path, name, rows_as(name, rows))
    assert set(found.splits["train"].classes) == set(words.split())
    assert found.left_out["images without a label"] == 1


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


def test_a_column_of_numbers_is_no_caption_because_its_name_is_like_one(tmp_path):
    rows = "".join(f"{n}.png,{n},A dog\n" for n in range(3))
    write_text(tmp_path / "a.csv", f"file_name,text_length,short_text\n{rows}")
    train = open_dataset(str(tmp_path)).splits["train"]
    assert train.captions == ["a dog"]
    assert list(train.columns) == ["text_length"]


def test_a_column_id_names_images_where_no_other_can(tmp_path):
    rows = [{"id": str(n), "label": "ab"[n % 2]} for n in range(4)]
    found = found_in(tmp_path, "labels.csv", rows_as("a.csv", rows))
    assert found.splits["train"].image_names == ["0", "1", "2", "3"]
    for name, cells in (("number", "3210"), ("url", ["https://a.b/c"] * 4)):
        others = [{**row, name: each} for row, each in zip(rows, cells, strict=True)]
        write(tmp_path / "labels.csv", rows_as("a.csv", others))
        with pytest.raises(BadDataError, match=f"its columns are id, label, {name}"):
            look_into(str(tmp_path))
    assert "Images at a `url` must be fetched first" in str(no_fields("a.csv", ["id", "url"]))


@pytest.mark.parametrize("name", ["a.csv", "metadata.jsonl"])
def test_a_few_words_that_come_again_in_a_lone_column_are_classes(tmp_path, name):
    words = ["Poa annua", "Zea mays", "Poa annua", "Zea mays"]
    rows = [{"file_name": f"{n}.png", "species": each} for n, each in enumerate(words)]
    found = found_in(tmp_path, name, rows_as(name, rows))
    assert found.splits["train"].classes == ["Poa annua", "Zea mays"]
    rows = [{"file_name": row["file_name"], "short_text": row["species"]} for row in rows]
    write(tmp_path / name, rows_as(name, rows))
    assert look_into(str(tmp_path)).splits["train"].captions == ["poa annua", "zea mays"] * 2


@pytest.mark.parametrize("name", ["a.csv", "metadata.jsonl"])
def test_a_few_words_of_which_some_come_again_are_captions(tmp_path, name):
    titles = ["Water Lilies", "Haystacks", "Water Lilies", "Poppies"]
    rows = [{"file_name": f"{n}.png", "title": each} for n, each in enumerate(titles)]
    assert found_in(tmp_path, name, rows_as(name, rows)).splits["train"].n_captions == 4


@pytest.mark.parametrize("name", ["{}.csv", "{}/metadata.jsonl", "{}.parquet"])
def test_a_small_table_with_each_class_once_is_of_classes_as_the_others_are(tmp_path, name):
    write_images(tmp_path, {f"{n}.png": 10 * n + 10 for n in range(6)})
    species = {"test": ["pug", "boxer"], "train": ["boxer", "pug", "pug", "boxer"]}
    numbers = {"test": range(2), "train": range(2, 6)}
    for split, names in species.items():
        above = "../" * name.count("/")
        rows = [
            {"file_name": f"{above}{n}.png", "species": each}
            for n, each in zip(numbers[split], names, strict=True)
        ]
        path = tmp_path / name.format(split)
        if path.suffix == ".parquet":
            write_parquet(path, {key: [row[key] for row in rows] for key in rows[0]})
        else:
            write(path, rows_as(path.name, rows))
    splits = look_into(str(tmp_path)).splits
    assert splits.keys() == {"train", "test"}
    assert all(each.classes == ["boxer", "pug"] for each in splits.values())


def test_a_lone_column_of_numbers_that_come_again_is_of_nothing(tmp_path):
    rows = "".join(f"{n}.png,{n % 2 + 3}\n" for n in range(4))
    with pytest.raises(BadDataError, match="its columns are image, stars"):
        found_in(tmp_path, "a.csv", f"image,stars\n{rows}")


def test_a_list_of_few_words_that_comes_again_is_of_captions():
    assert repeating_among([{"tags": ["red boat"]}, {"tags": ["red boat"]}]) == set()


def test_one_of_several_columns_of_0_and_1_is_no_label_though_it_is_called_nearly_so(tmp_path):
    rows = [
        {"image": f"{n}.png", "cat": str(n % 2), "other_class": str(1 - n % 2)} for n in range(4)
    ]
    found = found_in(tmp_path, "a.csv", rows_as("a.csv", rows))
    assert found.splits["train"].classes == ["cat", "other_class"]


def test_a_lone_column_of_addresses_is_no_captions(tmp_path):
    rows = [{"filename": f"{n}.png", "found": f"https://a.b/{'cd'[n]}"} for n in range(2)]
    with pytest.raises(BadDataError, match="its columns are filename, found"):
        found_in(tmp_path, "images.csv", rows_as("images.csv", rows))
