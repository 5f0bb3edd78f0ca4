"""Images in a table, in whichever type of column."""

import base64

import pyarrow as pa
import pyarrow.parquet
import pyarrow.parquet as pq
import pytest

from explorer.data.formats import parquet
from explorer.data.found import look_into, read_splits
from explorer.data.open import open_dataset
from explorer.errors import BadDataError
from tests.colours import write_classes
from tests.data.greys import (
    image,
    read,
    said,
    write_images,
)
from tests.data.layouts import write_parquet

IMAGES = [image(10), image(20)]
TEXTS = ["level 10", "level 20"]
CELL = pa.struct({"bytes": pa.binary(), "path": pa.string()})
CELLS = [{"bytes": each, "path": None} for each in IMAGES]
BASE64 = [base64.b64encode(each + bytes(500)).decode() for each in IMAGES]
COLUMNS = {
    "bytes": pa.array(IMAGES),
    "large": pa.array(IMAGES, pa.large_binary()),
    "view": pa.array(IMAGES, pa.binary_view()),
    "dictionary": pa.array(IMAGES).dictionary_encode(),
    "struct": pa.array(CELLS, CELL),
    "struct of views": pa.array(CELLS, pa.struct({"bytes": pa.binary_view()})),
    "list of one": pa.array([[each] for each in CELLS], pa.list_(CELL)),
    "base64": pa.array(BASE64),
    "base64 in views": pa.array(BASE64, pa.string_view()),
    "data addresses": pa.array([f"data:image/png;base64,{each}" for each in BASE64]),
}


@pytest.mark.parametrize("column", COLUMNS.values(), ids=COLUMNS.keys())
@pytest.mark.parametrize("kind", [pa.string(), pa.string_view(), pa.large_string()])
def test_images_are_opened_in_any_type_of_column(tmp_path, column, kind):
    table = pa.table({"image": column, "caption": pa.array(TEXTS, kind)})
    pq.write_table(table, tmp_path / "train.parquet")
    assert read(tmp_path) == {"train": said(10, 20)}


def test_a_list_of_several_images_is_told(tmp_path):
    column = pa.array([CELLS, CELLS], pa.list_(CELL))
    pq.write_table(pa.table({"image": column, "caption": TEXTS}), tmp_path / "train.parquet")
    split = open_dataset(str(tmp_path)).splits["train"]
    with pytest.raises(BadDataError, match="its cell holds 2"):
        split.open_image(0)


def test_names_are_relative_to_the_table_that_has_them(tmp_path):
    for split, level in (("train", 10), ("test", 20)):
        write_images(tmp_path / split, {"0.png": level})
        table = pa.table({"file_name": ["0.png"], "text": [f"level {level}"]})
        pq.write_table(table, tmp_path / split / "metadata.parquet")
    assert read(tmp_path) == {"train": said(10), "test": said(20)}


@pytest.mark.parametrize("with_splits", [True, False])
def test_what_datasets_saved_to_disk_is_opened(tmp_path, with_splits):
    from datasets import Dataset, DatasetDict, Features, Image, Value

    features = Features({"image": Image(), "caption": Value("string")})
    saved = Dataset.from_dict({"image": CELLS, "caption": TEXTS}, features)
    if with_splits:
        DatasetDict({"train": saved, "validation": saved}).save_to_disk(tmp_path / "set")
        assert list(read(tmp_path / "set")) == ["train", "val"]
    else:
        saved.save_to_disk(tmp_path / "set")
    assert read(tmp_path / "set")["train"] == said(10, 20)


def test_a_saved_dataset_names_no_files_of_others(tmp_path):
    (tmp_path / "dataset_info.json").write_text("{}")
    (tmp_path / "state.json").write_text('{"_data_files": [{"filename": "../a.arrow"}]}')
    with pytest.raises(BadDataError, match="which is not beside it"):
        open_dataset(str(tmp_path))


@pytest.mark.parametrize("rows_each", [1, 2])
def test_files_that_count_their_images_anew_do_not_mix_them(tmp_path, rows_each):
    for number, level in enumerate((10, 30)):
        columns = {
            "image_id": [n for n in range(2) for _ in range(rows_each)],
            "image": [image(level + 10 * n) for n in range(2) for _ in range(rows_each)],
            "caption": [f"level {level + 10 * n}" for n in range(2) for _ in range(rows_each)],
        }
        pq.write_table(pa.table(columns), tmp_path / f"train-{number}.parquet")
    assert read(tmp_path) == {"train": said(10, 20, 30, 40)}


@pytest.mark.parametrize("kind", ["bytes", "dictionary", "struct", "list of one"])
def test_a_cell_that_holds_more_than_an_image_is_refused(tmp_path, monkeypatch, kind):
    table = pa.table({"image": COLUMNS[kind], "caption": TEXTS})
    pq.write_table(table, tmp_path / "train.parquet")
    monkeypatch.setattr(parquet, "MOST_CELL", 10)
    with pytest.raises(BadDataError, match="more than an image of"):
        open_dataset(str(tmp_path)).splits["train"].open_image(0)


def test_a_row_group_that_would_fill_the_memory_is_refused(tmp_path, monkeypatch):
    pq.write_table(pa.table({"image": [bytes(1 << 20)], "caption": ["a"]}), tmp_path / "a.parquet")
    monkeypatch.setattr(parquet, "MOST_GROUP", 1 << 16)
    with pytest.raises(BadDataError, match="write it with smaller groups"):
        open_dataset(str(tmp_path)).splits["train"].open_image(0)


@pytest.mark.parametrize("in_lists", [False, True])
def test_a_long_caption_is_refused_before_it_is_there_for_every_row(
    tmp_path, monkeypatch, in_lists
):
    monkeypatch.setattr(parquet, "MOST_TEXT", 1 << 16)
    long = "a" * (parquet.MOST_TEXT + 1)
    captions = [[long]] * 200 if in_lists else [long] * 200
    names = [f"{i}.png" for i in range(200)]
    pq.write_table(pa.table({"image": names, "caption": captions}), tmp_path / "train.parquet")
    usual, counted = pa.default_memory_pool(), pa.proxy_memory_pool(pa.default_memory_pool())
    pa.set_memory_pool(counted)
    try:
        with pytest.raises(BadDataError, match=f"a text of {len(long):,} bytes"):
            open_dataset(str(tmp_path))
    finally:
        pa.set_memory_pool(usual)
    assert 0 < counted.max_memory() < 20 * len(long)


def test_lists_of_more_values_than_their_file_can_hold_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "MOST_VALUES", 10_000)
    columns = {"image": ["0.png"], "caption": ["a"], "mask": [[0] * 10_001]}
    pq.write_table(pa.table(columns), tmp_path / "train.parquet")
    with pytest.raises(BadDataError, match="10,001 values of a column"):
        open_dataset(str(tmp_path))


def test_a_split_saved_without_rows_is_told(tmp_path):
    from datasets import Dataset, DatasetDict

    some = Dataset.from_dict({"image": IMAGES, "caption": TEXTS})
    DatasetDict({"train": some, "test": some.select([])}).save_to_disk(tmp_path / "set")
    with pytest.raises(BadDataError, match="test is saved without rows"):
        open_dataset(str(tmp_path / "set"))


def test_a_date_that_python_does_not_know_costs_its_row(tmp_path):
    dates = pa.array([0, 10**8], pa.date32())
    table = pa.table({"image": IMAGES, "caption": TEXTS, "taken": dates})
    pq.write_table(table, tmp_path / "train.parquet")
    assert read(tmp_path) == {"train": said(10)}
    assert "rows with a date out of range (1)" in open_dataset(str(tmp_path)).found


@pytest.mark.parametrize(("name", "n"), [("all", 1), ("train", 3)])
def test_a_column_of_splits_may_be_called_otherwise_unless_the_file_says_one(tmp_path, name, n):
    cells = {"file_name": ["0.png", "1.png", "2.png"], "caption": ["one thing"] * 3}
    write_parquet(tmp_path / f"{name}.parquet", cells | {"partition": ["train", "val", "test"]})
    assert read_splits(str(tmp_path))[1]["train"].n_images == n


def test_labels_in_parquet_are_read(tmp_path):
    folder = write_classes(tmp_path / "colours", {"train": 12})
    paths = sorted(folder.rglob("*.png"))
    table = pa.table(
        {"image": [p.read_bytes() for p in paths], "label": [i % 3 for i in range(12)]}
    )
    data = tmp_path / "parquet"
    data.mkdir()
    pyarrow.parquet.write_table(table, data / "train.parquet")
    assert open_dataset(str(data)).labelled().classes == ["0", "1", "2"]


def test_labels_in_parquet_are_told_as_such(tmp_path):
    images = [{"bytes": image(10), "path": "0.png"}, {"bytes": image(20), "path": "1.png"}] * 2
    pq.write_table(pa.table({"image": images, "label": [0, 1, 0, 1]}), tmp_path / "train.parquet")
    assert "1 files, classes from `label`." in open_dataset(str(tmp_path)).found


def test_images_that_parquet_only_names_are_looked_for(tmp_path):
    write_images(tmp_path, {"0.png": 10})
    cells = [{"bytes": None, "path": "0.png"}]
    pq.write_table(pa.table({"image": cells, "caption": ["level 10"]}), tmp_path / "train.parquet")
    assert read(tmp_path) == {"train": said(10)}


def test_an_image_that_a_table_lacks_is_an_image_that_cannot_be_read(tmp_path):
    cells = pa.array([None], pa.struct({"bytes": pa.binary(), "path": pa.string()}))
    pq.write_table(pa.table({"image": cells, "text": ["a"]}), tmp_path / "train.parquet")
    pairs = open_dataset(str(tmp_path)).splits["train"]
    with pytest.raises(BadDataError, match="its cell is empty"):
        pairs.open_image(0)


def test_parts_that_are_missing_are_counted(tmp_path):
    for n in (0, 2):
        table = {"image": [b""], "caption": ["a level"]}
        write_parquet(tmp_path / "data" / f"train-0000{n}-of-00003.parquet", table)
    assert "Files of train that are here: 2 of 3." in look_into(str(tmp_path)).notes
