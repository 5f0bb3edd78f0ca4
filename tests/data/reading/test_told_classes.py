"""Texts near images that tell their classes."""

from pathlib import PurePosixPath

import pytest

from explorer.data.found import look_into, read_splits
from explorer.data.reading.told_classes import told_classes
from tests.data.greys import image, write

CLASSES = {"n01", "n02"}


def tiny_imagenet(folder, path: str, text: str) -> None:
    for name in CLASSES:
        write(folder / "train" / name / "images" / f"{name}_0.JPEG", image(10, "JPEG"))
    for n in range(3):
        write(folder / "val" / "images" / f"val_{n}.JPEG", image(20 + n, "JPEG"))
    write(folder / path, text)


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("val/val_annotations.txt", "{}\t{}\t0\t0\t9\t9\n"),
        ("val.txt", "val/images/{} {}\n"),
        ("val/labels.txt", "{},{}\n"),
    ],
)
def test_images_of_a_split_without_folders_of_classes_have_those_of_a_text(tmp_path, path, form):
    rows = [("val_0.JPEG", "n02"), ("val_1.JPEG", "n01"), ("val_2.JPEG", "n77")]
    tiny_imagenet(tmp_path, path, "".join(form.format(*row) for row in rows))
    splits = read_splits(str(tmp_path))[1]
    val = splits["val"]
    named = dict(zip(val.image_names, (val.classes[c] for c in val.labels), strict=True))
    assert named == {"val/images/val_0.JPEG": "n02", "val/images/val_1.JPEG": "n01"}
    assert splits["train"].n_images == 2
    found = look_into(str(tmp_path))
    assert f"Classes of val/images/ are those in {path.rpartition('/')[2]}." in found.notes
    assert found.left_out["images outside the folders of classes"] == 1


def test_an_image_of_two_classes_has_none_and_other_texts_tell_none(tmp_path):
    write(tmp_path / "a.txt", "0.png n01\n0.png n02\n1.png n02\n2.png\nn01 n02\n")
    found = told_classes(tmp_path, PurePosixPath("val/images"), CLASSES)
    assert found is not None
    assert (found.path, found.class_of) == (tmp_path / "a.txt", {"1.png": "n02"})
    assert told_classes(tmp_path, PurePosixPath("val"), {"0", "1"}) is None


def test_of_two_texts_none_is_guessed(tmp_path):
    for name in ("a.txt", "b.txt"):
        write(tmp_path / "val" / name, "0.png n01\n")
    assert told_classes(tmp_path, PurePosixPath("val"), CLASSES) is None


def test_a_text_may_tell_classes_of_images_in_the_folder_itself(tmp_path):
    for number in range(4):
        write(tmp_path / f"{'cat' if number % 2 else 'dog'}/{number}.png", image(10 * number + 10))
    write(tmp_path / "4.png", image(50))
    write(tmp_path / "about.txt", "4.png dog")
    found = look_into(str(tmp_path))
    assert found.notes == ["Classes of ./ are those in about.txt."]
    assert found.splits["train"].n_images == 5
