"""Any layout becomes a clean one that says the same."""

import json

import pytest
from PIL import Image

from explorer.data.convert import FORMATS, convert
from explorer.data.found import read_splits
from explorer.data.open import open_dataset
from explorer.errors import BadDataError, ConfigError, UnknownNameError
from tests.colours import write_classes
from tests.data.greys import csv_of, read, said, write, write_images


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
