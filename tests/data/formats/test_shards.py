"""Samples in tar files."""

import json

import pytest

from explorer.data.found import look_into, read_splits
from explorer.data.open import open_dataset
from explorer.errors import BadDataError
from tests.data.greys import (
    image,
    read,
    said,
)
from tests.data.layouts import write_tar


def test_samples_that_lack_something_are_counted(tmp_path):
    files = [
        ("0.jpg", b"image"),
        ("0.txt", b"A cat"),
        ("1.jpg", b"no captions"),
        ("2.txt", b"no image"),
        ("3.jpg", b"image"),
        ("3.txt", b"\xff not UTF-8"),
        ("4.jpg", b"image"),
        ("4.json", json.dumps({"caption": "gone", "status": "failed_to_resize"}).encode()),
        ("5.jpg", b"image"),
        ("5.txt", b"..."),
    ]
    write_tar(tmp_path / "a.tar", files)
    dataset = open_dataset(str(tmp_path))
    assert dataset.splits["train"].captions == ["a cat"]
    assert dataset.found.endswith(
        "Left out: images whose captions are not UTF-8 text or JSON (1), images that could not "
        "be fetched (1), images without a caption (2), samples without an image (1), captions "
        "that are empty after cleaning (1)."
    )


def test_when_no_sample_of_a_tar_has_both_the_reason_is_told(tmp_path):
    write_tar(tmp_path / "0.tar", [("0.txt", b"a"), ("1.txt", b"b")])
    with pytest.raises(BadDataError, match=r"samples without an image \(2\)"):
        open_dataset(str(tmp_path))


def test_files_of_a_sample_may_be_spelled_differently(tmp_path):
    write_tar(tmp_path / "0.tar", [("cafe\u0301.png", image(10)), ("caf\u00e9.txt", b"level 10")])
    assert read(tmp_path) == {"train": said(10)}


def test_a_class_that_is_a_raw_byte_is_refused(tmp_path):
    files = [
        (f"{n}.{end}", content)
        for n in range(4)
        for end, content in (("png", image(n)), ("cls", bytes([n % 2 + 1])))
    ]
    write_tar(tmp_path / "train.tar", files)
    with pytest.raises(BadDataError, match=r"labels that are no text \(4\), the first is '.x01'"):
        open_dataset(str(tmp_path))


@pytest.mark.parametrize("key", ["label", "Class"])
def test_the_json_of_a_sample_may_say_its_class(tmp_path, key):
    files = [
        (f"{n}.{end}", content)
        for n, name in enumerate(["cat", "dog"])
        for end, content in (("jpg", b""), ("json", json.dumps({key: name}).encode()))
    ]
    write_tar(tmp_path / "train.tar", files)
    assert read_splits(str(tmp_path))[1]["train"].classes == ["cat", "dog"]


@pytest.mark.parametrize("label", ["--5", "\u00b2", "7"])
def test_labels_that_count_no_class_are_left_out(tmp_path, label):
    files = [
        (f"{n}.{end}", content)
        for n, name in enumerate(["0", "1", label])
        for end, content in (("jpg", b""), ("cls", name.encode()))
    ]
    write_tar(tmp_path / "train.tar", files)
    (tmp_path / "classes.txt").write_text("cat\ndog\n")
    classes = read_splits(str(tmp_path))[1]["train"].classes
    assert classes == ["cat", "dog", *([label] if label != "7" else [])]


def test_the_class_of_a_sample_with_captions_is_a_column(tmp_path):
    files = [
        (f"{n}.{end}", content)
        for n, name in enumerate(["cat", "dog", "cat"])
        for end, content in (("png", image(n)), ("txt", b"a level"), ("cls", name.encode()))
    ]
    write_tar(tmp_path / "a.tar", files)
    column = read_splits(str(tmp_path))[1]["train"].columns["cls"]
    assert [column.names[n] for n in column.values] == ["cat", "dog", "cat"]


def test_shards_that_lack_among_others_are_named(tmp_path):
    for n in (0, 3):
        write_tar(tmp_path / f"{n:05}.tar", [("0.png", image(n)), ("0.txt", b"a level")])
    told = "Files that seem to be missing: 00001.tar, 00002.tar."
    assert told in look_into(str(tmp_path)).notes
