"""Images in a folder per class."""

import numpy as np
import pytest
from PIL import Image

from explorer.data.found import look_into, read_splits
from explorer.data.open import open_dataset
from explorer.errors import BadDataError
from tests.colours import write_classes
from tests.data.greys import image, write


def test_class_folders_are_recognised(tmp_path):
    dataset = open_dataset(str(write_classes(tmp_path / "colours")))
    assert dataset.found == (
        "class folders: train 20 images of 3 classes; val 5 images of 3 classes; test 6 "
        "images of 3 classes."
    )
    train = dataset.labelled()
    assert train.classes == ["blue", "green", "red"]
    for name, label in zip(train.image_names, train.labels, strict=True):
        assert name.split("/")[1] == train.classes[label]
    assert np.asarray(train.open_image(0)).mean(axis=(0, 1)).argmax() == 2  # blue is


def test_images_beside_the_class_folders_are_counted(tmp_path):
    folder = write_classes(tmp_path / "colours")
    (folder / "train" / "red" / "0.png").rename(folder / "train" / "stray.png")
    assert "images outside the folders of classes (1)" in open_dataset(str(folder)).found


def splits_in(folder, *names: str) -> dict[str, list[str]]:
    """The classes with images in each split, where these folders have an image each."""
    for name in names:
        (folder / name).mkdir(parents=True)
        Image.new("RGB", (4, 4)).save(folder / name / "0.png")
    splits = read_splits(str(folder))[1]
    return {name: [each.classes[c] for c in set(each.labels)] for name, each in splits.items()}


BOTH = {"train": ["cat", "dog"], "test": ["cat", "dog"]}


@pytest.mark.parametrize(
    ("train", "test"),
    [
        ("training_set/training_set", "test_set/test_set"),
        ("train_images", "test_images"),
        ("set/train2017", "set/test2017"),
        ("train/train", "test/test"),
        ("Training", "evaluation"),
    ],
)
def test_folders_of_splits_may_be_called_in_many_ways(tmp_path, train, test):
    names = [f"{split}/{name}" for split in (train, test) for name in ("cat", "dog")]
    assert splits_in(tmp_path, *names) == BOTH


def test_what_lies_beside_the_splits_is_in_none(tmp_path):
    names = [f"seg_{split}/{name}" for split in ("train", "test") for name in ("cat", "dog")]
    assert splits_in(tmp_path, *names, "seg_pred/seg_pred") == BOTH
    found = open_dataset(str(tmp_path)).found
    assert "images outside the folders of splits (1)" in found


@pytest.mark.parametrize(
    ("names", "classes"),
    [
        (("bus", "train", "boat"), ["boat", "bus", "train"]),
        (("train/bus", "train/train"), ["bus", "train"]),
        (("test tube", "train station", "beach"), ["beach", "test tube", "train station"]),
        (("dev board", "test kit", "laptop"), ["dev board", "laptop", "test kit"]),
    ],
)
def test_classes_may_be_called_like_splits(tmp_path, names, classes):
    assert splits_in(tmp_path, *names) == {"train": classes}


def test_images_without_classes_in_folders_of_splits_are_no_classes(tmp_path):
    with pytest.raises(BadDataError, match="looks like a dataset"):
        splits_in(tmp_path, "train_images", "test_images")


def test_a_table_of_something_else_lies_beside_class_folders(tmp_path):
    (tmp_path / "classes.csv").write_text("number,name\n0,cat\n1,dog\n")
    assert splits_in(tmp_path, "cat", "dog") == {"train": ["cat", "dog"]}
    assert "classes.csv needs a column with images" in open_dataset(str(tmp_path)).found


@pytest.mark.parametrize("kind", ["jp2", "tga", "pbm", "pnm"])
def test_images_of_rare_kinds_are_in_their_classes(tmp_path, kind):
    assert splits_in(tmp_path, "cat", "dog") == {"train": ["cat", "dog"]}
    (tmp_path / "fox").mkdir()
    image = Image.new("1" if kind == "pbm" else "RGB", (4, 4))
    image.save(tmp_path / "fox" / f"0.{kind}", "PPM" if kind[0] == "p" else None)
    assert read_splits(str(tmp_path))[1]["train"].classes == ["cat", "dog", "fox"]


def test_masks_beside_images_are_no_classes(tmp_path):
    names = [f"{what}/{name}" for what in ("images", "masks") for name in ("cat", "dog")]
    assert splits_in(tmp_path, *names) == {"train": ["cat", "dog"]}
    assert "masks of images (2)" in open_dataset(str(tmp_path)).found
    assert splits_in(tmp_path / "worn", "mask", "none") == {"train": ["mask", "none"]}


def test_classes_are_not_called_as_what_all_folders_have_in_common(tmp_path):
    for name, level in (("set/train/cat/images", 10), ("set/train/dog/images", 20)):
        write(tmp_path / name / "0.png", image(level))
    write(tmp_path / "set/val/images/0.png", image(30))  # of which Tiny ImageNet's text has classes
    dataset = open_dataset(str(tmp_path))
    assert dataset.splits["train"].classes == ["cat", "dog"]
    assert "images outside the folders of classes (1)" in dataset.found


def test_numbered_folders_of_images_are_no_classes(tmp_path):
    for part in ("x_images_part_1", "x_images_part_2"):
        write(tmp_path / part / f"{part}.png", image(10))
    write(tmp_path / "about.csv", "image_id,dx,by\nx_images_part_1,nv,a\nx_images_part_2,mel,b\n")
    with pytest.raises(BadDataError, match=r"about.csv needs a column .* are image_id, dx, by"):
        read_splits(str(tmp_path))
    write(tmp_path / "about.csv", "image_id,label\nx_images_part_1,nv\nx_images_part_2,mel\n")
    assert read_splits(str(tmp_path))[1]["train"].classes == ["mel", "nv"]


def test_a_mask_beside_its_image_is_none_of_the_class(tmp_path):
    for name in ("benign/a (1)", "benign/a (1)_mask", "benign/a (1)_mask_1", "venetian/mask"):
        write(tmp_path / f"{name}.png", image(10))
    found = look_into(str(tmp_path))
    assert [*found.splits["train"].image_names] == ["benign/a (1).png", "venetian/mask.png"]
    assert found.left_out["masks of images"] == 2


def test_images_beside_classes_are_none_in_a_folder_of_all_either(tmp_path):
    names = ("set/train/cat", "set/train/dog", "set/val")
    assert splits_in(tmp_path, *names) == {"train": ["cat", "dog"]}
