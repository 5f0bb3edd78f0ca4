"""What is found in a folder is data, and is in the folder."""

import json
import os
from pathlib import Path

import pytest

from explorer.data.found import look_into
from explorer.data.open import open_dataset
from explorer.errors import BadDataError
from tests.data.greys import (
    csv_of,
    image,
    json_of,
    lines_of,
    read,
    said,
    write,
    write_images,
)

LEVELS = {"0.png": 10, "1.png": 20}
WANTED = {"train": said(10, 20)}


def text_files(folder: Path) -> None:
    for name, level in LEVELS.items():
        write(folder / name.replace("png", "txt"), f"level {level}")


TABLES = {
    "csv": lambda folder: write(folder / "captions.csv", csv_of(LEVELS)),
    "json": lambda folder: write(folder / "train.json", json_of(LEVELS)),
    "metadata": lambda folder: write(folder / "metadata.jsonl", lines_of(LEVELS)),
    "text files": text_files,
}


@pytest.fixture(params=TABLES.values(), ids=TABLES.keys())
def folder(request, tmp_path) -> Path:
    write_images(tmp_path / "set", LEVELS)
    request.param(tmp_path / "set")
    return tmp_path / "set"


def test_files_that_systems_keep_for_themselves_are_nobodys_data(folder):
    for path in [each for each in folder.iterdir() if each.is_file()]:
        write(folder / f"._{path.name}", b"\0\5\x16\7")
        write(folder / "__MACOSX" / f"._{path.name}", b"\0\5\x16\7")
        write(folder / "__MACOSX" / path.name, path.read_bytes())
    write(folder / ".DS_Store", b"\0\0")
    write(folder / "Thumbs.db", b"\0\0")
    assert read(folder) == WANTED


OWN = {
    "set": {"config.json": '{"method": "x", "found": "", "plan": {}}'},
    "run": {"config.json": '{"kind": "distill"}', "status.json": "{}"},
    "sweep": {"scores.json": "[]", "table.md": "|"},
    "cache": {"locks/0": "", "embed/0/manifest.json": "{}"},
    "converted set": {"config.json": '{"converted_from": "x"}'},
}


@pytest.mark.parametrize("files", OWN.values(), ids=OWN.keys())
def test_what_the_program_wrote_into_the_folder_is_not_the_data(folder, files):
    out = folder / "out"
    for name, content in files.items():
        write(out / name, content)
    write_images(out / "train", {"0.png": 99, "7.png": 99})
    write(out / "train" / "metadata.jsonl", lines_of({"0.png": 99}))
    write(out / "train.json", json_of({"train/0.png": 99}))
    write(out / "train" / "0.txt", "level 99")
    write(out / "table.csv", csv_of({"train/0.png": 99}))
    assert read(folder) == WANTED


def test_a_folder_of_nothing_but_own_output_says_so(tmp_path):
    write(tmp_path / "out" / "config.json", json.dumps({"method": "", "found": "", "plan": 0}))
    with pytest.raises(BadDataError, match="it holds out, which this program wrote"):
        open_dataset(str(tmp_path))


def test_links_within_the_folder_are_followed(tmp_path):
    write_images(tmp_path / "data" / "real", LEVELS)
    write(tmp_path / "data" / "captions.csv", csv_of({f"link/{n}": v for n, v in LEVELS.items()}))
    (tmp_path / "data" / "link").symlink_to("real")
    (tmp_path / "set").symlink_to("data")  # the folder itself may be one
    assert read(tmp_path / "set") == WANTED


def test_no_text_is_read_through_a_link_that_leads_out(tmp_path):
    write(tmp_path / "secret", "root:x:0:0")
    write_images(tmp_path / "set", LEVELS)
    write(tmp_path / "set" / "0.txt", "level 10")
    (tmp_path / "set" / "1.txt").symlink_to(tmp_path / "secret")
    assert read(tmp_path / "set") == {"train": said(10)}
    assert (
        "captions lie outside the folder, by a link (1)"
        in open_dataset(str(tmp_path / "set")).found
    )


def test_no_image_is_opened_through_a_link_that_leads_out(folder, tmp_path):
    write(tmp_path / "secret.png", image(99))
    (folder / "1.png").unlink()
    (folder / "1.png").symlink_to(tmp_path / "secret.png")
    dataset = open_dataset(str(folder))
    with pytest.raises(BadDataError, match="a link that leads out"):
        dataset.splits["train"].open_image(1)


@pytest.mark.parametrize("name", ["captions.csv", "train.json", "metadata.jsonl", "0.parquet"])
def test_no_table_is_read_through_a_link_that_leads_out(tmp_path, name):
    write(tmp_path / "secret", csv_of(LEVELS))
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / name).symlink_to(tmp_path / "secret")
    with pytest.raises(BadDataError, match="a link that leads out"):
        open_dataset(str(tmp_path / "set"))


def test_no_folder_is_entered_through_a_link_that_leads_out(tmp_path):
    write_images(tmp_path / "secret", LEVELS)
    text_files(tmp_path / "secret")
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(BadDataError, match="looks like a dataset"):
        open_dataset(str(tmp_path / "set"))


def test_a_folder_is_listed_once_while_a_dataset_is_opened(folder, monkeypatch):
    real, listed = os.scandir, list[str]()

    def scandir(path):
        listed.append(os.fspath(path))
        return real(path)

    write_images(folder / "more", {f"{n}.png": 10 for n in range(3)})
    monkeypatch.setattr(os, "scandir", scandir)
    look_into(str(folder))
    assert {str(folder), str(folder / "more")} <= set(listed)
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize("end", ["png", "txt"])
def test_folders_that_are_linked_from_elsewhere_are_counted(tmp_path, end):
    for name in ("set/cat", "set/dog", "away"):
        write_images(tmp_path / name, {"0.png": 10})
        if end == "txt":
            write(tmp_path / name / "0.txt", "a level")
    (tmp_path / "set" / "fox").symlink_to(tmp_path / "away")
    left_out = look_into(str(tmp_path / "set")).left_out
    assert left_out.examples == {"folders that lie elsewhere and are linked to": ["fox"]}


def test_where_all_is_linked_from_elsewhere_that_is_the_reason(tmp_path):
    write_images(tmp_path / "away", {"0.png": 10})
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "fox").symlink_to(tmp_path / "away")
    with pytest.raises(BadDataError, match=r"lie elsewhere and are linked to \(1\), .* is fox"):
        look_into(str(tmp_path / "set"))


def test_a_link_in_a_circle_makes_no_image_twice(tmp_path):
    write_images(tmp_path / "a", LEVELS)
    (tmp_path / "a" / "back").symlink_to("..")
    (tmp_path / "self").symlink_to("self")
    write(tmp_path / "a.csv", csv_of({f"a/{name}": n for name, n in LEVELS.items()}))
    found = look_into(str(tmp_path))
    assert read(tmp_path) == WANTED
    assert found.left_out.told() == ""
