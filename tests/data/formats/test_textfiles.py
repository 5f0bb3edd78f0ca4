"""Images with files of captions of the same names."""

import pytest

from explorer.data.found import look_into, read_splits
from explorer.data.open import open_dataset
from explorer.errors import BadDataError
from tests.data.greys import image, read, said, write, write_images


def test_when_no_text_can_be_read_the_reason_is_told(tmp_path):
    write_images(tmp_path, {"0.png": 10, "1.png": 20})
    for n in range(2):
        write(tmp_path / f"{n}.txt", "café".encode("latin-1"))
    with pytest.raises(BadDataError, match=r"not UTF-8 text or JSON \(2\), the first is 0\.png"):
        open_dataset(str(tmp_path))


def test_a_caption_is_of_one_image_only(tmp_path):
    for n, end in ((10, "jpg"), (99, "png")):
        write(tmp_path / f"0.{end}", image(n, {"jpg": "JPEG", "png": "PNG"}[end]))
    write(tmp_path / "0.txt", "level 10")
    assert read(tmp_path) == {"train": said(10)}
    assert "further images of the same name (1)" in open_dataset(str(tmp_path)).found


def test_text_files_of_old_systems_have_their_lines(tmp_path):
    write_images(tmp_path, {"0.png": 10})
    write(tmp_path / "0.txt", b"one\rtwo")
    assert list(read(tmp_path)["train"]) == ["one", "two"]


@pytest.mark.parametrize(
    ("images", "texts"),
    [
        ("images/{}.png", "captions/{}.txt"),
        ("train/images/{}.png", "train/text/{}.caption"),
        ("images/train/{}.png", "captions/train/{}.txt"),
        ("{}.png", "{}.png.txt"),
    ],
)
def test_captions_may_lie_apart_from_their_images(tmp_path, images, texts):
    for n, level in enumerate((10, 20)):
        write(tmp_path / images.format(n), image(level))
        write(tmp_path / texts.format(n), f"level {level}")
    assert read(tmp_path) == {"train": said(10, 20)}


def test_texts_that_are_called_otherwise_do_no_harm_beside_class_folders(tmp_path):
    write_images(tmp_path, {"cat/0.png": 10, "dog/1.png": 20})
    write(tmp_path / "notes/about.txt", "how these were made")
    assert read_splits(str(tmp_path))[1]["train"].classes == ["cat", "dog"]


@pytest.mark.parametrize("text", ["a/0.txt", "a/0.json"])
def test_a_text_beside_one_of_many_images_makes_no_captions_of_classes(tmp_path, text):
    for name in "ab":
        write_images(tmp_path / name, {f"{n}.png": 10 * n for n in range(5)})
    write(tmp_path / text, '{"caption": "a note"}')
    found = look_into(str(tmp_path))
    assert found.format == "class folders"
    told = "Not read, though it would fit, too: a/0.png (images with text files)."
    assert any(note.startswith(told) for note in found.notes)


def test_few_captions_are_captions_where_nothing_else_fits(tmp_path):
    write_images(tmp_path, {f"{n}.png": 10 * n for n in range(20)})
    write(tmp_path / "1.txt", "level 10")
    assert read(tmp_path) == {"train": said(10)}
