"""Images as files in a folder."""

import os
import re

import numpy as np
import pytest
from PIL import Image

from explorer.data.found import read_splits
from explorer.data.open import open_dataset
from explorer.data.reading.image_folder import ImageFolder
from explorer.errors import BadDataError
from tests.data.layouts import write_text

DARK, LIGHT = 200, 200 * 257


def deep(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((4, 4), value, np.uint16)).save(path)


def level(folder, name):
    return ImageFolder(folder).open(name).getpixel((0, 0))[0]


@pytest.mark.parametrize("kind", ["png", "tif"])
def test_dark_images_of_16_bits_are_refused_where_others_show_that_all_have_16(tmp_path, kind):
    deep(tmp_path / f"a/dark.{kind}", DARK)
    assert level(tmp_path, f"a/dark.{kind}") == DARK  # alone it holds values of 8 bits
    deep(tmp_path / f"b/light.{kind}", LIGHT)
    assert level(tmp_path, f"b/light.{kind}") == 200
    with pytest.raises(BadDataError, match=r"reach 200 of 65,535 and would be nearly black"):
        level(tmp_path, f"a/dark.{kind}")


def test_black_is_black_among_images_of_16_bits(tmp_path):
    deep(tmp_path / "0.png", 0)
    deep(tmp_path / "1.png", LIGHT)
    assert level(tmp_path, "0.png") == 0


def test_images_of_8_bits_and_what_is_no_image_say_nothing_of_16(tmp_path):
    deep(tmp_path / "0.png", DARK)
    Image.new("L", (4, 4), 255).save(tmp_path / "1.png")
    (tmp_path / "2.png").write_text("no image")
    (tmp_path / "3.png").symlink_to(tmp_path / "gone.png")
    os.mkfifo(tmp_path / "4.png")  # which would never end
    assert level(tmp_path, "0.png") == DARK


def test_masks_neither_ask_nor_are_asked(tmp_path):
    deep(tmp_path / "images/0.png", DARK)
    deep(tmp_path / "masks/0.png", LIGHT)
    assert level(tmp_path, "images/0.png") == DARK
    deep(tmp_path / "images/1.png", LIGHT)
    deep(tmp_path / "masks/1.png", 1)
    assert level(tmp_path, "masks/1.png") == 1


def test_all_images_of_a_dataset_have_one_white(tmp_path):
    for name, value in (("cat/0.png", DARK), ("cat/1.png", LIGHT), ("dog/2.png", 0)):
        deep(tmp_path / name, value)
    split = read_splits(str(tmp_path))[1]["train"]
    assert split.open_image(list(split.image_names).index("cat/1.png")).getpixel((0, 0))[0] == 200
    with pytest.raises(BadDataError, match="nearly black"):
        split.open_image(list(split.image_names).index("cat/0.png"))


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("../away.png", "is a link to a file that is not there."),
        ("0.png", "is a link to a file that is not there."),
        (".git/annex/objects/0", "fetch the file with `git annex get`."),
        ("/etc/hostname", "is a link that leads out of the folder."),
    ],
)
def test_an_image_that_is_a_link_says_where_it_leads(tmp_path, target, reason):
    (tmp_path / "0.png").symlink_to(target)
    write_text(tmp_path / "a.csv", "image,caption\n0.png,a cat\n")
    pairs = open_dataset(str(tmp_path)).splits["train"]
    with pytest.raises(BadDataError, match=re.escape(reason)):
        pairs.open_image(0)
