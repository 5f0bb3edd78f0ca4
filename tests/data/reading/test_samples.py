"""The captions of one sample, from files of its name."""

import json

import pytest

from explorer.data.found import look_into
from explorer.data.left_out import LeftOut
from explorer.data.reading.samples import (
    NoCaptions,
    sample_captions,
    sample_columns,
    sample_label,
    unread_captions,
)
from tests.data.greys import write, write_images


def texts(**by_suffix: object) -> dict[str, bytes]:
    """Files by suffix; of .json what it holds."""
    return {
        f".{suffix}": json.dumps(value).encode() if suffix == "json" else str(value).encode()
        for suffix, value in by_suffix.items()
    }


@pytest.mark.parametrize(
    ("files", "captions"),
    [
        ({"txt": "one\n\n two \n"}, ["one", "two"]),
        ({"txt": "one\none"}, ["one", "one"]),
        ({"txt": "one\ntwo", "caption": "two\nthree"}, ["one", "two", "three"]),
        ({"txt": ""}, [""]),
        ({"json": {"caption": "one"}}, ["one"]),
        ({"json": {"Caption": "one"}}, ["one"]),
        ({"json": ["one", "two"]}, ["one", "two"]),
        ({"json": {"captions": ["one", "two"]}, "txt": "one"}, ["one", "two"]),
        ({"json": {"caption": "one  line"}, "txt": "one\nline"}, ["one  line"]),
        ({"json": {"caption": "one"}, "txt": "another"}, ["another"]),
        ({"json": {"width": 5}, "txt": "one"}, ["one"]),
    ],
)
def test_what_says_most_is_taken(files, captions):
    assert sample_captions(texts(**files)) == captions


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({}, "images without a caption"),
        (texts(json={"width": 5}), "images without a caption"),
        (texts(json={"caption": "a", "status": "failed_to_download"}), "could not be fetched"),
        ({".txt": b"caf\xe9"}, "not UTF-8 text or JSON"),
        ({".json": b"{"}, "not UTF-8 text or JSON"),
        ({".json": b'{"caption": "a", "caption": "b"}'}, "json gives a key two values"),
        ({".txt": b"version https://git-lfs.github.com/spec/v1\n"}, "pointers of Git LFS"),
    ],
)
def test_without_captions_the_reason_is_told(files, reason):
    with pytest.raises(NoCaptions, match=reason):
        sample_captions(files)


@pytest.mark.parametrize(
    ("about", "label"),
    [({"label": "cat"}, "cat"), ({"Class": 3}, "3"), ({"width": 3}, ""), ([], "")],
)
def test_the_json_may_say_a_class(about, label):
    assert sample_label(texts(json=about), LeftOut()) == label
    assert sample_label({".json": b"{"}, LeftOut()) == ""


def test_what_else_the_json_says_is_kept():
    about = {"caption": "a", "status": "success", "width": 5, "url": "here"}
    assert sample_columns(texts(json=about)) == {"width": 5, "url": "here"}
    assert sample_columns(texts(json=[1])) == sample_columns({".json": b"\xff"}) == {}


@pytest.mark.parametrize(
    ("files", "others"),
    [
        ({"txt": "a tag", "json": {"caption": "a dog"}}, ["a dog"]),
        ({"txt": "a  dog", "json": {"caption": "a dog"}}, []),
        ({"txt": "a dog\nruns", "json": {"caption": "a dog\nruns"}}, []),
        ({"txt": "a dog", "json": {"width": 3}}, []),
        ({"json": {"caption": "a dog"}}, []),
        ({"txt": "a tag", "json": {"captions": ["a dog", "b"]}}, []),
        ({"txt": "a tag", "json": "a dog"}, ["a dog"]),
    ],
)
def test_captions_that_two_files_tell_otherwise_are_known(files, others):
    content = texts(**files)
    assert unread_captions(content, sample_captions(content)) == others


def test_captions_that_are_not_taken_are_counted(tmp_path):
    for n in range(3):
        write_images(tmp_path, {f"{n}.png": n})
        write(tmp_path / f"{n}.txt", "a tag")
        write(tmp_path / f"{n}.json", '{"caption": "a dog"}')
    left_out = look_into(str(tmp_path)).left_out
    assert left_out["captions of a .json that a .txt beside it does not have"] == 3
