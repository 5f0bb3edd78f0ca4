"""Each table's names lead to its own images, or the dataset is refused."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from explorer.data.found import read_splits
from explorer.data.open import open_dataset
from explorer.errors import BadDataError
from tests.data.greys import (
    csv_of,
    found_in,
    image,
    json_of,
    levels,
    lines_of,
    read,
    said,
    write,
    write_images,
)
from tests.data.layouts import write_text

SPLITS = {"train": (10, 20, 30), "val": (40, 50), "test": (60, 70)}
WANTED = {split: said(*each) for split, each in SPLITS.items()}


def names(split: str, unique: bool = False) -> dict[str, int]:
    return {f"{split if unique else ''}{n}.png": level for n, level in enumerate(SPLITS[split])}


def layout(images: str, table: str, text: Callable[[dict[str, int]], str]) -> Callable:
    def make(folder: Path) -> None:
        for split in SPLITS:
            write_images(folder / images.format(split), names(split))
            write(folder / table.format(split), text(names(split)))

    return make


def split_column(folder: Path) -> None:
    rows = ["image,caption,split"]
    for split in SPLITS:
        write_images(folder / "images" / split, names(split))
        rows += [f"{name},level {level},{split}" for name, level in names(split).items()]
    write(folder / "captions.csv", "\n".join(rows))


SAME_NAMES = {
    "csv beside": layout("{}", "{}/captions.csv", csv_of),
    "csv above": layout("{}", "{}.csv", csv_of),
    "csv in a folder": layout("images/{}", "annotations/{}.csv", csv_of),
    "json above": layout("{}", "{}.json", json_of),
    "json in a folder": layout("images/{}", "annotations/{}.json", json_of),
    "json lines": layout("{}_images", "{}.jsonl", lambda each: _lines(each)),
    "metadata": layout("{}/images", "{}/metadata.jsonl", lines_of),
    "a column": split_column,
}


def _lines(each: dict[str, int]) -> str:
    return "\n".join(json.dumps(row) for row in json.loads(json_of(each)))


@pytest.mark.parametrize("make", SAME_NAMES.values(), ids=SAME_NAMES.keys())
def test_splits_with_the_same_names_have_their_own_images(tmp_path, make):
    make(tmp_path)
    assert read(tmp_path) == WANTED


@pytest.mark.parametrize("make", [SAME_NAMES["csv above"], SAME_NAMES["a column"]])
def test_an_image_that_is_missing_is_never_another_splits(tmp_path, make):
    make(tmp_path)
    (path,) = tmp_path.rglob("train/1.png")
    path.unlink()
    dataset = open_dataset(str(tmp_path))
    assert "Images that are not there: 1." in dataset.found
    with pytest.raises(BadDataError, match="is not there"):
        dataset.splits["train"].open_image(1)
    assert levels(dataset.splits["val"]) == WANTED["val"]


def test_names_that_fit_several_places_differently_are_refused(tmp_path):
    write_images(tmp_path / "a", names("train"))
    write_images(tmp_path / "b", names("val"))
    write(tmp_path / "captions.csv", csv_of(names("train")))
    with pytest.raises(BadDataError, match=r"fit several places: a/0\.png and b/0\.png"):
        open_dataset(str(tmp_path))


def test_a_table_that_says_no_split_takes_no_folder_for_its_own(tmp_path):
    for split in SPLITS:
        write_images(tmp_path / split, names(split))
    write(tmp_path / "captions.csv", csv_of(names("train")))
    with pytest.raises(BadDataError, match="fit several places"):
        open_dataset(str(tmp_path))


def test_copies_of_the_same_images_do_no_harm(tmp_path):
    for folder in ("a", "a/a", "b"):
        write_images(tmp_path / folder, names("train"))
    write(tmp_path / "captions.csv", csv_of(names("train")))
    assert read(tmp_path) == {"train": WANTED["train"]}


def test_thumbnails_do_no_harm_where_the_images_stand_beside_their_table(tmp_path):
    write_images(tmp_path, {"0.png": 10, "1.png": 20})
    write_images(tmp_path / "thumbnails", {"0.png": 99, "1.png": 99, "2.png": 99})
    write(tmp_path / "captions.csv", csv_of(names("train")))
    assert "not there: 1." in open_dataset(str(tmp_path)).found


def test_the_first_rows_need_not_be_there(tmp_path):
    every = {f"{n}.png": n for n in range(1, 122)}
    write_images(tmp_path / "Images", {name: n for name, n in every.items() if n > 30})
    write(tmp_path / "captions.csv", csv_of(every))
    split = read_splits(str(tmp_path))[1]["train"]
    assert split.open_image(100).getpixel((0, 0)) == (101, 101, 101)
    assert "Images lie in Images/." in open_dataset(str(tmp_path)).found


def test_images_of_one_split_may_lie_in_two_folders(tmp_path):
    """As those of COCO's val2014 that Karpathy's split trains on."""
    write_images(tmp_path / "train2014", names("train", unique=True))
    write_images(tmp_path / "val2014", names("val", unique=True))
    both = names("train", unique=True) | names("val", unique=True)
    write(tmp_path / "train.csv", csv_of(both))
    assert read(tmp_path) == {"train": WANTED["train"] | WANTED["val"]}


def coco(folder: Path, images: str) -> None:
    for split in ("train", "val"):
        write_images(folder / images.format(split), names(split, unique="{" not in images))
        named = names(split, unique="{" not in images)
        about = {
            "images": [{"id": n, "file_name": name} for n, name in enumerate(named)],
            "annotations": [
                {"image_id": n, "caption": f"level {level}"}
                for n, level in enumerate(named.values())
            ],
        }
        about["annotations"] += [{"image_id": 99, "caption": "x"}, {"image_id": 0, "caption": None}]
        write(folder / "annotations" / f"captions_{split}2017.json", json.dumps(about))


@pytest.mark.parametrize("images", ["{}2017", "images/{}2017", "images"])
def test_coco_may_keep_its_images_in_any_folder(tmp_path, images):
    coco(tmp_path, images)
    assert read(tmp_path) == {"train": WANTED["train"], "val": WANTED["val"]}
    found = open_dataset(str(tmp_path)).found
    assert "captions of an image that is not in the file (2)" in found
    assert "captions that are empty after cleaning (2)" in found


SPELLED = {
    "composed": ("cafe\u0301 0.png", "caf\u00e9 0.png"),
    "decomposed": ("caf\u00e9 0.png", "cafe\u0301 0.png"),
    "upper case": ("a/0.PNG", "A/0.png"),
    "backslashes": ("a/0.png", "a\\0.png"),
    "escapes": ("a/b c.png", "a/b%20c.png"),
    "absolute": ("a/0.png", "/data/set/a/0.png"),
    "absolute, of Windows": ("a/0.png", "C:\\data\\set\\a\\0.png"),
    "absolute, of an address": ("a/0.png", "file:///data/set/a/0.png"),
    "a dot": ("a/0.png", "./a//0.png"),
    "a percent sign": ("100%25.png", "100%25.png"),
}


@pytest.mark.parametrize(("there", "name"), SPELLED.values(), ids=SPELLED.keys())
@pytest.mark.parametrize("table", ["captions.csv", "train.json", "metadata.jsonl"])
def test_other_spellings_of_a_name_are_opened(tmp_path, there, name, table):
    write_images(tmp_path, {there: 10, "other.png": 20})
    text = {"captions.csv": csv_of, "train.json": json_of, "metadata.jsonl": lines_of}[table]
    write(tmp_path / table, text({name: 10}))
    assert read(tmp_path) == {"train": said(10)}


def test_absolute_names_lose_the_same_beginning(tmp_path):
    write_images(tmp_path, {"0.png": 10})
    write(tmp_path / "a.csv", csv_of({"/set/train/0.png": 10, "/set/test/0.png": 20}))
    with pytest.raises(BadDataError, match=r"not inside the folder \(2\)"):
        open_dataset(str(tmp_path))


def test_a_file_belongs_to_the_name_that_is_exactly_its_own(tmp_path):
    write_images(tmp_path, {"a.png": 10})
    write(tmp_path / "a.csv", csv_of({"a.png": 10, "A.png": 20}))
    assert "not there: 1." in open_dataset(str(tmp_path)).found


def test_images_in_an_archive_are_said_to_be_there(tmp_path):
    write(tmp_path / "images.zip", b"PK")
    write(tmp_path / "metadata.jsonl", lines_of({"0.png": 10}))
    dataset = open_dataset(str(tmp_path))
    assert "images.zip must be unpacked first." in dataset.found
    with pytest.raises(BadDataError, match=r"not there; images\.zip must be unpacked first"):
        dataset.splits["train"].open_image(0)


@pytest.mark.parametrize("name", ["../a.png", "b/../../a.png", "/etc/a.png", "..\\a.png"])
def test_a_name_that_leads_out_costs_its_row(tmp_path, name):
    write(tmp_path / "a.png", image(99))
    folder = tmp_path / "set"
    write_images(folder, {"0.png": 10})
    write(folder / "metadata.jsonl", lines_of({"0.png": 10, name: 20}))
    assert read(folder) == {"train": said(10)}
    assert "not inside the folder (1)" in open_dataset(str(folder)).found


def test_a_name_may_go_up_within_the_folder(tmp_path):
    write_images(tmp_path / "images", {"0.png": 10})
    write(tmp_path / "annotations" / "train.json", json_of({"../images/0.png": 10}))
    assert read(tmp_path) == {"train": said(10)}


def test_an_image_written_as_text_is_told_in_a_few_words(tmp_path):
    write(tmp_path / "a.csv", csv_of({"data:image/png;base64;" + "A" * 20_000: 10}))
    with pytest.raises(BadDataError, match="written as text") as caught:
        open_dataset(str(tmp_path))
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("all.csv", csv_of),
        ("all.json", json_of),
        ("all.json", lambda levels: json.dumps({name: f"level {n}" for name, n in levels.items()})),
    ],
)
def test_folders_say_the_splits_of_a_table_that_does_not(tmp_path, name, text):
    levels = {f"{split}2017/0.png": SPLITS[split][0] for split in SPLITS} | {"more/0.png": 90}
    write_images(tmp_path, levels)
    write(tmp_path / name, text(levels))
    assert read(tmp_path) == {split: said(SPLITS[split][0]) for split in SPLITS}
    assert "images outside the folders of splits (1)" in open_dataset(str(tmp_path)).found


@pytest.mark.parametrize("name", ["train.csv", "all.csv"])
@pytest.mark.parametrize("folder", ["test tube", "val"])
def test_folders_say_no_splits_where_the_table_does_or_none_is_train(tmp_path, name, folder):
    other = "train" if name == "train.csv" else "boat"
    levels = {f"{folder}/0.png": 10, f"{other}/1.png": 20}
    write_images(tmp_path, levels)
    write(tmp_path / name, csv_of(levels))
    assert read(tmp_path) == {"train": said(10, 20)}


def test_a_table_that_says_no_split_beside_one_that_says_train_is_refused(tmp_path):
    for name in ("train.csv", "more.csv"):
        write(tmp_path / name, csv_of({"0.png": 10}))
    with pytest.raises(BadDataError, match="two files for the train split"):
        read(tmp_path)


def test_images_that_no_table_names_are_counted(tmp_path):
    write_images(tmp_path / "more", {"9.png": 9})
    found = found_in(tmp_path, "a.csv", "image,caption\n0.png,level 10\n3.png,level 40\n")
    assert found.left_out.examples["images that no table names"] == ["1.png", "2.png", "more/9.png"]


@pytest.mark.parametrize("name", ["metadata.csv", "train.json"])
def test_names_may_have_blanks_around_them(tmp_path, name):
    rows = [{"file_name": " 0.png", "caption": "level 10"}]
    content = json.dumps(rows) if name == "train.json" else "caption,file_name\nlevel 10, 0.png\n"
    assert levels(found_in(tmp_path, name, content).splits["train"]) == said(10)


@pytest.mark.parametrize("above", ["", "images/"])
def test_names_may_lack_their_suffix(tmp_path, above):
    write_images(tmp_path, {f"{above}0.png": 10, f"{above}1.png": 20, f"{above}2.png": 30})
    write_images(tmp_path, {f"{above}2.jpg": 30})  # of which nobody knows which is meant
    write(tmp_path / "captions.csv", "image,caption\n0,level 10\n1.png,level 20\n2,level 30\n")
    train = read_splits(str(tmp_path))[1]["train"]
    assert [train.open_image(i).getpixel((0, 0))[0] for i in range(2)] == [10, 20]
    with pytest.raises(BadDataError, match="is not there"):
        train.open_image(2)


def test_names_may_begin_with_the_folder_of_the_dataset(tmp_path):
    write_images(tmp_path / "set/images", {"0.png": 10, "1.png": 20})
    names = {f"{tmp_path.name}/set/images/{n}.png": 10 * n + 10 for n in range(2)}
    write(tmp_path / "set/a.csv", csv_of(names))
    assert read(tmp_path / "set") == {"train": said(10, 20)}


def test_names_in_an_archive_are_told(tmp_path):
    write(tmp_path / "metadata.jsonl", lines_of({"zip://0.png::images.zip": 10}))
    with pytest.raises(BadDataError, match="archives, which must be unpacked first"):
        open_dataset(str(tmp_path))


@pytest.mark.parametrize("name", ["y" * 300, "a\\u0000b.png"])
def test_names_that_no_file_can_have_are_not_there_even_beside_an_archive(tmp_path, name):
    write_text(tmp_path / "train.json", f'[{{"image": "{name}", "caption": "a cat"}}]')
    (tmp_path / "images.zip").write_bytes(b"")
    pairs = open_dataset(str(tmp_path)).splits["train"]
    with pytest.raises(BadDataError, match=r"images\.zip must be unpacked first"):
        pairs.open_image(0)


@pytest.mark.parametrize("other", ["./images/0.png", "images\\0.png"])
def test_an_image_that_a_table_spells_in_two_ways_is_one(tmp_path, other):
    write_images(tmp_path / "images", {"0.png": 10, "1.png": 20})
    names = {"images/0.png": 10, other: 11, "images/1.png": 20}
    write(tmp_path / "a.csv", csv_of(names))
    train = read_splits(str(tmp_path))[1]["train"]
    assert list(train.image_names) == ["images/0.png", "images/1.png"]
    assert train.captions == ["level 10", "level 11", "level 20"]
