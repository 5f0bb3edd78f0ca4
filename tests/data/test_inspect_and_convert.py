"""What is in a dataset is told, and any layout becomes a clean one that says the same."""

import json

import pytest
from PIL import Image

from explorer.__main__ import main
from explorer.data.convert import FORMATS, convert
from explorer.data.inspect import inspect
from explorer.data.open import open_dataset, read_splits
from explorer.errors import BadDataError, ConfigError, UnknownNameError
from tests.colours import write_classes
from tests.data.greys import csv_of, read, said, write, write_images

LEVELS = {"0.png": 10, "1.png": 20, "gone.png": 30, "bad.png": 40, "../out.png": 50, "4.png": 60}


@pytest.fixture
def messy(tmp_path):
    """A table with a missing image, a broken one, a name that leads out, and no caption."""
    folder = tmp_path / "messy"
    write_images(folder / "Images", {"0.png": 10, "1.png": 20, "4.png": 60})
    write(folder / "Images" / "bad.png", "no image")
    write(folder / "train.csv", csv_of(LEVELS) + "1.png,\n")
    write_images(folder / "Images", {"t.png": 20})
    write(folder / "test.csv", csv_of({"t.png": 20}))
    return folder


@pytest.fixture
def command(capsys, monkeypatch):
    monkeypatch.setattr("signal.signal", lambda *_: None)

    def run(*arguments: object) -> tuple[int, str, str]:
        return (main([*map(str, arguments)]), *capsys.readouterr())

    return run


def test_inspect_tells_what_was_found_and_what_was_left_out_and_why(messy, command):
    code, out, _ = command("inspect", messy, "--json", "--bundle", "scenes", "--cache", "x")
    assert code == 0
    found = json.loads(out.splitlines()[-1])
    assert found["format"] == "CSV with captions"
    assert found["columns"] == ["images from `image`", "captions from `caption`"]
    assert {name: each["n_images"] for name, each in found["splits"].items()} == {
        "train": 4,
        "val": 1,
        "test": 1,
    }
    unreadable = [name for each in found["splits"].values() for name in each["unreadable"]]
    assert sorted(name.partition(":")[0] for name in unreadable) == ["bad.png", "gone.png"]
    reasons = {each["reason"]: each["examples"] for each in found["left_out"]}
    assert reasons["images that are not inside the folder"] == ["../out.png"]
    assert [(e["split"], e["other"], e["n_images"]) for e in found["shared"]] == [
        ("test", "train", 1)
    ]
    assert found["splits"]["test"]["first"] == [{"image": "t.png", "captions": ["level 20"]}]
    for part in ("Images lie in Images/", "cannot be read", "Left out:", "not inside the folder"):
        assert part in out


def test_inspect_opens_as_many_images_as_are_asked_for(messy):
    assert inspect(str(messy), most=0)["splits"]["train"]["n_opened"] == 0
    assert inspect(str(messy), most=2)["splits"]["train"]["n_opened"] == 2


def test_inspect_counts_the_images_of_each_class(tmp_path):
    found = inspect(str(write_classes(tmp_path / "set", {"train": 5, "val": 3, "test": 3})))
    assert found["classes"] == ["blue", "green", "red"]
    assert found["splits"]["train"]["per_class"] == {"blue": 1, "green": 2, "red": 2}


def test_inspect_opens_built_in_data():
    assert inspect("digits", most=3)["splits"]["train"]["n_unreadable"] == 0


@pytest.mark.parametrize("kind", FORMATS)
def test_what_was_converted_says_the_same(messy, tmp_path, kind):
    made = convert(str(messy), tmp_path / "out", kind)
    assert made["splits"] == {"train": 3, "test": 1}
    assert made["left_out"]["images that cannot be read"] == 2
    assert read(tmp_path / "out") == {"train": said(10, 20, 60), "test": said(20)}
    assert "Left out" not in open_dataset(str(tmp_path / "out")).found


@pytest.mark.parametrize("kind", FORMATS)
def test_classes_are_kept(tmp_path, kind):
    source = write_classes(tmp_path / "set", {"train": 5, "val": 3, "test": 3})
    convert(str(source), tmp_path / "out", kind)
    before, after = (read_splits(str(path))[1] for path in (source, tmp_path / "out"))
    for name, split in before.items():
        assert after[name].classes == split.classes
        assert after[name].labels.tolist() == split.labels.tolist()


def test_images_that_are_clean_are_copied_and_others_are_made_upright_rgb(tmp_path):
    photo = Image.new("RGB", (8, 4), (9, 9, 9))
    exif = photo.getexif()
    exif[0x0112] = 6  # turned by a quarter
    folder = tmp_path / "set"
    folder.mkdir()
    photo.save(folder / "0.jpg")
    photo.save(folder / "1.jpg", exif=exif)
    photo.convert("CMYK").save(folder / "2.jpg")
    photo.convert("P").save(folder / "3.gif")
    for n in range(4):
        (folder / f"{n}.txt").write_text("a")
    convert(str(folder), tmp_path / "out")
    made = sorted((tmp_path / "out" / "train").glob("0*"))
    assert [path.name for path in made] == ["000000.jpg", "000001.png", "000002.png", "000003.png"]
    assert made[0].read_bytes() == (folder / "0.jpg").read_bytes()
    assert [Image.open(path).size for path in made] == [(8, 4), (4, 8), (8, 4), (8, 4)]
    assert {Image.open(path).mode for path in made} == {"RGB"}


def test_other_programs_open_what_was_converted(messy, tmp_path):
    from datasets import load_dataset

    convert(str(messy), tmp_path / "parquet", "parquet")
    rows = load_dataset("parquet", data_dir=str(tmp_path / "parquet" / "data"), split="train")
    assert rows[0]["captions"] == ["level 10"]
    assert rows[0]["image"].size == (4, 4)


def test_what_was_converted_into_the_data_is_not_the_data(messy, command):
    before = open_dataset(str(messy)).splits["train"].fingerprint
    code, out, _ = command("convert", messy, "--out", messy / "clean", "--json")
    assert (code, json.loads(out.splitlines()[-1])["splits"]) == (0, {"train": 3, "test": 1})
    assert "Left out: images that cannot be read (2)" in out
    assert open_dataset(str(messy)).splits["train"].fingerprint == before


def test_nothing_tells_where_the_data_were(tmp_path):
    write_images(tmp_path / "set" / "images", {"0.png": 10})
    write(tmp_path / "set" / "a.csv", csv_of({"/home/someone/images/0.png": 10}))
    convert(str(tmp_path / "set"), tmp_path / "out")
    text = "".join(path.read_text() for path in (tmp_path / "out").rglob("*.json*"))
    assert "someone" not in text
    assert str(tmp_path) not in text


def test_what_cannot_be_converted_is_refused(messy, tmp_path):
    with pytest.raises(ConfigError, match="is not an empty folder"):
        convert(str(messy), messy)
    with pytest.raises(UnknownNameError, match="Choose one of: imagefolder"):
        convert(str(messy), tmp_path / "out", "zip")
    write(tmp_path / "bad" / "0.png", "no image")
    write(tmp_path / "bad" / "0.txt", "a")
    with pytest.raises(BadDataError, match="No image of train can be read"):
        convert(str(tmp_path / "bad"), tmp_path / "out")
    assert not (tmp_path / "out").exists()
