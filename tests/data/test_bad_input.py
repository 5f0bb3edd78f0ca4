"""What is wrong with a dataset is said in one sentence that names the file."""

import json
import os
import re
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from explorer.data.inspect import inspect, told
from explorer.data.open import open_dataset
from explorer.errors import BadDataError
from tests.data import layouts
from tests.data.layouts import Captioned, write_parquet, write_tar, write_text

WORLD = {
    split: [Captioned(f"{split}{n}.jpg", bytes([n]) * 2000, ["A cat"]) for n in range(3)]
    for split in ("train", "val", "test")
}


def cut(path: Path, size: int) -> None:
    path.write_bytes(path.read_bytes()[:size])


def cut_tar(size: int) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        cut(layouts.webdataset_json(folder, WORLD) / "train" / "00000.tar", size)

    return write


def damaged_tar(folder: Path) -> None:
    path = layouts.webdataset_json(folder, WORLD) / "train" / "00000.tar"
    content = bytearray(path.read_bytes())
    content[512 + 2048 + 10] ^= 255  # in the name of the second file
    path.write_bytes(content)


def packed_tar(name: str) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        with tarfile.open(folder / name, "w:gz") as tar:
            tar.add(__file__, "a.txt")

    return write


def parquet(**columns: list[object]) -> Callable[[Path], None]:
    return lambda folder: write_parquet(folder / "train.parquet", columns)


def mixed_parquet(folder: Path) -> None:
    write_parquet(folder / "train.parquet", {"image": [b"1"], "text": ["a"]})
    write_parquet(folder / "test.parquet", {"image": ["1.png"], "text": ["a"]})


def cut_parquet(folder: Path) -> None:
    parquet(image=[b"1"], text=["a"])(folder)
    cut(folder / "train.parquet", 200)


def file(name: str, content: str | bytes) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    return write


CASES: dict[str, tuple[Callable[[Path], None], str]] = {
    "list cut short": (file("train.json", '[{"image": "a", "caption": "b"}'), "not JSON"),
    "two lists": (file("train.json", '[{"image": "a", "caption": "b"} 1]'), "goes wrong at 32"),
    "latin-1": (file("train.json", '[{"image": "é"}]'.encode("latin-1")), "is not UTF-8 text"),
    "surplus comma": (file("train.json", "[1,"), "is not JSON"),
    "two datasets": (
        lambda folder: [file(f"dataset_{n}.json", '{"images": []}')(folder) for n in "ab"],
        "several datasets, dataset_a.json, dataset_b.json",
    ),
    "no images": (
        file("dataset_coco.json", '{"annotations": []}'),
        "dataset_coco.json is not understood",
    ),
    "no filename": (
        file("dataset_a.json", '{"images": [{"split": "train", "sentences": []}]}'),
        "images without `filename`, `split` and `sentences` (1), the first is image 0 of",
    ),
    "unknown split": (
        file(
            "dataset_a.json",
            '{"images": [{"filename": "a", "split": "extra", "sentences": [{"raw": "a"}]}]}',
        ),
        "images of an unknown split (1), the first is extra of a",
    ),
    "coco without images": (
        file(
            "captions_train2017.json",
            '{"images": [], "annotations": [{"image_id": 1, "caption": "a"}]}',
        ),
        "captions of an image that is not in the file (1), the first is a caption of",
    ),
    "coco with odd ids": (
        file(
            "captions_train2017.json",
            '{"images": [{"id": [], "file_name": "a"}], "annotations": []}',
        ),
        "images without `id` and `file_name` (1), the first is images 0 of",
    ),
    "tokens": (
        file("a.token", "1.jpg#0 no tab\n"),
        "not `image.jpg#0<TAB>caption` (1), the first is line 1 of",
    ),
    "two token files": (
        lambda folder: [file(f"{n}.token", "1.jpg#0\ta\n")(folder) for n in "ab"],
        "several token files, a.token and b.token",
    ),
    "no caption column": (
        file("train/metadata.jsonl", '{"file_name": "a.png", "x": 1, "y": 2}'),
        "the columns are file_name, x, y",
    ),
    "jsonl": (
        file("train/metadata.jsonl", '{"file_name"'),
        "lines that are not JSON (1), the first",
    ),
    "jsonl of lists": (
        file("metadata.jsonl", "[1]"),
        "lines that are no object (1), the",
    ),
    "empty metadata": (file("metadata.jsonl", ""), "the columns are none"),
    "caption is a number": (
        file("metadata.jsonl", '{"file_name": "a.png", "caption": 3}'),
        "rows without `file_name` and a caption (1), the first is row 1 of",
    ),
    "outside": (
        file("metadata.jsonl", '{"file_name": "../a.png", "caption": "a"}'),
        "not inside the folder",
    ),
    "csv without header": (file("captions.txt", "a.jpg,A cat\n"), "has no header"),
    "csv of something else": (file("a.csv", "width,height\n1,2\n"), "columns are width, height"),
    "empty csv": (file("a.csv", ""), "its columns are none"),
    "csv of addresses": (
        file("a.csv", "image,caption\nhttp://example.org/a.jpg,A cat\n"),
        "must be fetched first",
    ),
    "csv of scores": (
        file("a.csv", "file_name,score\n" + "".join(f"{n}.png,0.{n}\n" for n in range(9))),
        "its columns are file_name, score",
    ),
    "tsv of dates": (
        file("a.tsv", "file_name\ttaken\na.png\t2024-01-05 10:33\n"),
        "its columns are file_name, taken",
    ),
    "metadata of identifiers": (
        file("metadata.csv", "file_name,uid\na.png,92ee605-fb75-4d1d\n"),
        "the columns are file_name, uid",
    ),
    "jsonl of scores": (
        file("metadata.jsonl", '{"file_name": "a.png", "score": "0.5"}'),
        "the columns are file_name, score",
    ),
    "captions of numbers": (
        file("a.csv", "file_name,caption\na.png,0.5\n"),
        "no words where captions from `caption` would be read, but numbers, dates or",
    ),
    "json captions of numbers": (
        file("train.json", '[{"image": "a.png", "caption": "17"}]'),
        "no words where captions would be read",
    ),
    "text files of boxes": (
        lambda folder: [file(n, b"0 0.5 0.5 0.2 0.1")(folder) for n in ("a.png", "a.txt")],
        "no words where captions would be read",
    ),
    "tar of scores": (
        lambda folder: write_tar(folder / "a.tar", [("0.jpg", b"image"), ("0.txt", b"0.25")]),
        "no words where captions would be read",
    ),
    "parquet of scores": (parquet(image=[b"1"], score=[0.5]), "its columns are image, score"),
    "parquet of written scores": (
        parquet(image=[b"1"], score=["0.5"]),
        "no words where captions from `score` would be read",
    ),
    "csv with an open quote": (
        file("a.csv", 'image,caption\na.jpg,"' + "x\n" * 100_000),
        "line 2: a quotation mark opens a cell that no other closes",
    ),
    "parquet without rows": (parquet(image=[], text=[]), "have no rows"),
    "no parquet": (file("train.parquet", "no parquet at all"), "cannot be read as parquet"),
    "empty parquet": (file("train.parquet", ""), "cannot be read as parquet"),
    "parquet cut short": (cut_parquet, "cannot be read as parquet"),
    "parquet without captions": (parquet(image=[b"1"], x=[1], y=[2]), "columns are image, x, y"),
    "parquet with numbers": (
        parquet(image=[b"1"], text=[2]),
        "whose `text` holds no text (1), the first is row 0",
    ),
    "parquet of two kinds": (mixed_parquet, "some only name them"),
    "tar cut in a header": (cut_tar(512 + 2048 + 100), "breaks off"),
    "tar cut in an image": (cut_tar(700), "breaks off"),
    "tar cut between files": (cut_tar(512 + 2048), "breaks off"),
    "damaged tar": (damaged_tar, "is damaged"),
    "empty tar": (file("train.tar", ""), "cannot be read"),
    "no tar": (file("train.tar", "x" * 600), "is not a plain tar"),
    "compressed tar": (packed_tar("a.tar"), "is compressed (gzip); unpack it"),
    "tar.gz": (packed_tar("a.tar.gz"), "a.tar.gz is compressed"),
    "text files without text": (
        lambda folder: layouts.text_files(
            folder, {"train": [Captioned("a.png", b"", [""]), Captioned("b.png", b"", ["."])]}
        ),
        "train split of .* has no captions",
    ),
}


@pytest.mark.parametrize(("write", "message"), CASES.values(), ids=CASES.keys())
def test_bad_input_is_explained_in_one_sentence(tmp_path, write, message):
    write(tmp_path)
    plain = message if ".*" in message else re.escape(message)
    with pytest.raises(BadDataError, match=plain) as caught:
        open_dataset(str(tmp_path))
    assert any(name in str(caught.value) for name in (str(tmp_path), "train.parquet", "a.jpg"))
    assert "\n" not in str(caught.value)


def test_files_that_go_away_later_make_images_that_cannot_be_read(tmp_path):
    shards = layouts.webdataset_json(tmp_path / "shards", WORLD)
    tables = layouts.parquet_hub(tmp_path / "tables", WORLD)
    opened = [open_dataset(str(folder)).splits["train"] for folder in (shards, tables)]
    for path in [*shards.rglob("*.tar"), *tables.rglob("*.parquet")]:
        path.unlink()
    for pairs in opened:
        with pytest.raises(BadDataError, match="cannot be read"):
            pairs.open_image(0)


def test_half_characters_do_no_harm(tmp_path):
    rows = [{"image": "a\ud800.png", "caption": "A \ud800 cat"}]
    write_text(tmp_path / "train.json", json.dumps(rows))
    pairs = open_dataset(str(tmp_path)).splits["train"]
    assert pairs.captions == ["a \\ud800 cat"]
    pairs.image_names[0].encode()
    with pytest.raises(BadDataError, match=r"cannot be read|is not there"):
        pairs.open_image(0)


def test_a_linked_folder_that_leads_back_is_read_once(tmp_path):
    folder = layouts.text_files(tmp_path, WORLD)
    (folder / "train" / "again").symlink_to(folder)
    assert open_dataset(str(folder)).splits["train"].n_images == 3


def test_pipes_are_not_waited_for(tmp_path):
    folder = layouts.text_files(tmp_path, WORLD)
    (folder / "train" / "train1.txt").unlink()
    for name in ("train/train1.txt", "train/new.png", "train/config.json", "train.json"):
        os.mkfifo(folder / name)
    (folder / "train" / "train2.txt").unlink()
    (folder / "train" / "train2.txt").symlink_to("train1.txt")
    assert open_dataset(str(folder)).splits["train"].image_names == ["train/train0.jpg"]


def test_names_that_are_not_utf_8_can_be_told(tmp_path):
    layouts.text_files(tmp_path, WORLD)
    for name in (b"stray\xff.png", b"train/caf\xe9.png"):
        (tmp_path / os.fsdecode(name)).write_bytes(b"image")
    told(inspect(str(tmp_path))).encode()
