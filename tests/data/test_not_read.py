"""Where several formats fit a folder, what was read and what was not is said."""

import json
import os
from pathlib import Path

import pytest

from explorer.data.inspect import inspect, told
from explorer.data.open import look_into
from explorer.errors import BadDataError, MissingDataError
from tests.data.greys import write, write_images
from tests.data.layouts import write_parquet

IMAGES = {f"{n}.png": 10 * n + 10 for n in range(4)}
TABLE = "image,caption\n" + "".join(f"{name},a level\n" for name in IMAGES)
LINES = [{"file_name": name, "caption": "a level"} for name in IMAGES]
FILES = {
    "CSV with captions": ("captions.csv", TABLE),
    "Hugging Face imagefolder": ("metadata.jsonl", "\n".join(map(json.dumps, LINES))),
    "BLIP/ALBEF Karpathy JSON": (
        "train.json",
        json.dumps([{"image": name, "caption": "a level"} for name in IMAGES]),
    ),
    "images with text files": ("0.txt", "a level"),
}


def filled(folder, *formats: str):
    write_images(folder, IMAGES)
    for each in formats:
        name, content = FILES[each]
        write(folder / name, content)
    return folder


@pytest.mark.parametrize("format_", FILES)
def test_nothing_is_said_of_a_folder_in_one_format(tmp_path, format_):
    found = look_into(str(filled(tmp_path, format_)))
    assert found.format == format_
    assert "would fit" not in " ".join(found.notes)


@pytest.mark.parametrize(
    ("taken", "other", "shown"),
    [
        ("Hugging Face imagefolder", "CSV with captions", "captions.csv"),
        ("BLIP/ALBEF Karpathy JSON", "Hugging Face imagefolder", "metadata.jsonl"),
        ("BLIP/ALBEF Karpathy JSON", "images with text files", "0.png"),
        ("images with text files", "CSV with captions", "captions.csv"),
    ],
)
def test_the_other_format_that_would_fit_is_named(tmp_path, taken, other, shown):
    inspection = inspect(str(filled(tmp_path, taken, other)))
    assert inspection["format"] == taken
    assert f"Not read, though it would fit, too: {shown} ({other})." in told(inspection)


def test_a_table_further_down_that_is_not_read_is_named(tmp_path):
    filled(tmp_path, "CSV with captions")
    write(tmp_path / "more/captions.csv", TABLE)
    assert "too: more/captions.csv (CSV with captions)." in told(inspect(str(tmp_path)))


def test_tables_without_captions_would_not_fit(tmp_path):
    filled(tmp_path, "Hugging Face imagefolder")
    write(tmp_path / "scores.csv", "epoch,loss\n1,2\n")
    write(tmp_path / "notes.txt", "years of work")
    assert "would fit" not in told(inspect(str(tmp_path)))


@pytest.mark.parametrize("packed", ["test.json.gz", "test.jsonl.zst", "shards.tgz", "a/b.csv.xz"])
def test_what_is_compressed_beside_what_was_read_is_named(tmp_path, packed):
    filled(tmp_path, "BLIP/ALBEF Karpathy JSON")
    write(tmp_path / packed, b"packed")
    write(tmp_path / "notes.txt.gz", b"packed")
    write(tmp_path / "notes.txt", b"unpacked")
    notes = look_into(str(tmp_path)).notes
    assert notes == [f"Not read, for it is compressed: {packed}."]


@pytest.mark.parametrize(
    ("format_", "is_told"), [(FILES["CSV with captions"], True), (None, False)]
)
def test_lists_of_splits_that_are_not_followed_are_named(tmp_path, format_, is_told):
    write_images(tmp_path, IMAGES)
    name, content = format_ or ("a.token", "0.png#0\ta level\n1.png#0\ta level\n")
    write(tmp_path / name, content)
    for split, image in (("train", "0.png"), ("test", "1.png"), ("val", "no names of images")):
        write(tmp_path / f"{split}.txt", f"{image}\n")
    told = "Not read, though the splits may be in it: test.txt, train.txt."
    assert (told in look_into(str(tmp_path)).notes) == is_told


@pytest.mark.parametrize("packed", ["a.csv.gz", "images.zip", "a.tar.bz2", "train.json.zst"])
def test_what_must_be_unpacked_first_is_named(tmp_path, packed):
    write_images(tmp_path, IMAGES)
    write(tmp_path / packed, b"packed")
    with pytest.raises(BadDataError, match=f"{packed} is compressed; unpack it. Nothing else in "):
        look_into(str(tmp_path))


def test_links_to_nothing_are_named(tmp_path):
    (tmp_path / "test.json").symlink_to("away.json")
    with pytest.raises(BadDataError, match=r"test\.json is a link to a file that is not there"):
        look_into(str(tmp_path))
    notes = look_into(str(filled(tmp_path, "BLIP/ALBEF Karpathy JSON"))).notes
    assert notes == ["Not read, for it is a link to nothing: test.json."]


def test_a_file_is_no_folder(tmp_path):
    write(tmp_path / "a.csv", TABLE)
    with pytest.raises(MissingDataError, match=r"a\.csv is a file; give the folder"):
        look_into(str(tmp_path / "a.csv"))


@pytest.mark.parametrize("other", ["epoch,loss\n1,2\n", "image\n0.png\n"])
def test_tables_of_something_else_are_named_and_no_dataset_of_their_own(tmp_path, other):
    filled(tmp_path, "CSV with captions")
    write(tmp_path / "test.csv", other)
    found = look_into(str(tmp_path))
    assert list(found.splits) == ["train"]
    assert "test.csv" in found.notes[0]


@pytest.mark.parametrize("name", ["metadata.csv", "metadata.jsonl"])
def test_metadata_may_call_the_image_otherwise(tmp_path, name):
    write_images(tmp_path, IMAGES)
    rows = [{"image": each, "caption": "a level"} for each in IMAGES]
    write(tmp_path / name, TABLE if name.endswith("csv") else "\n".join(map(json.dumps, rows)))
    assert look_into(str(tmp_path)).splits["train"].n_images == len(IMAGES)


def test_metadata_of_something_else_lies_beside_class_folders(tmp_path):
    write_images(tmp_path, {"cat/0.png": 10, "dog/0.png": 20})
    write(tmp_path / "metadata.csv", "patient,age\n1,50\n")
    found = look_into(str(tmp_path))
    assert found.format == "class folders"
    assert "metadata.csv" in " ".join(found.notes)


def test_parts_that_are_missing_are_counted(tmp_path):
    for n in (0, 2):
        table = {"image": [b""], "caption": ["a level"]}
        write_parquet(tmp_path / "data" / f"train-0000{n}-of-00003.parquet", table)
    assert "Files of train that are here: 2 of 3." in look_into(str(tmp_path)).notes


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


def test_folders_that_cannot_be_read_are_counted(tmp_path, monkeypatch):
    write_images(tmp_path, {f"{name}/0.png": 10 for name in ("cat", "dog", "fox")})
    scan = os.scandir

    def refuse(path: Path):
        if path.name == "fox":
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    left_out = look_into(str(tmp_path)).left_out
    assert left_out.examples == {"folders that cannot be read": ["fox"]}


def test_a_link_to_itself_costs_no_other_file(tmp_path):
    write_images(tmp_path, {f"{name}/{n}.png": 10 for name in ("cat", "dog") for n in range(4)})
    for name in ("0", "cat/a.png", "cat/z", "dog/b.txt"):
        (tmp_path / name).symlink_to(Path(name).name)
    train = look_into(str(tmp_path)).splits["train"]
    assert train.n_images == 9
    with pytest.raises(BadDataError, match="is a link to a file that is not there"):
        train.open_image(list(train.image_names).index("cat/a.png"))
