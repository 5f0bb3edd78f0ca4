"""Where several formats fit a folder, what was read and what was not is said."""

import json

import pytest

from explorer.data.inspect import inspect, told
from explorer.data.open import look_into
from explorer.errors import BadDataError, MissingDataError
from tests.data.greys import write, write_images

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
