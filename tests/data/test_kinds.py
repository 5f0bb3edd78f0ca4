"""Further ways in which ordinary sets were read wrong without a word."""

import json

import pytest

from explorer.data.open import open_dataset, read_splits
from explorer.errors import BadDataError
from tests.data.greys import image, lines_of, read, said, write, write_images
from tests.data.layouts import write_tar


def test_when_no_text_can_be_read_the_reason_is_told(tmp_path):
    write_images(tmp_path, {"0.png": 10, "1.png": 20})
    for n in range(2):
        write(tmp_path / f"{n}.txt", "café".encode("latin-1"))
    with pytest.raises(BadDataError, match=r"not UTF-8 text or JSON \(2\), the first is 0\.png"):
        open_dataset(str(tmp_path))


def test_when_no_sample_of_a_tar_has_both_the_reason_is_told(tmp_path):
    write_tar(tmp_path / "0.tar", [("0.txt", b"a"), ("1.txt", b"b")])
    with pytest.raises(BadDataError, match=r"samples without an image \(2\)"):
        open_dataset(str(tmp_path))


@pytest.mark.parametrize("keys", [("Image", "Caption"), ("file_name", "TEXT"), ("IMG", "Prompt")])
@pytest.mark.parametrize("name", ["train.json", "captions.json"])
def test_keys_may_be_called_otherwise(tmp_path, keys, name):
    write_images(tmp_path, {"0.png": 10, "1.png": 20})
    rows = [{keys[0]: f"{n}.png", keys[1]: f"level {10 * n + 10}"} for n in range(2)]
    write(tmp_path / name, json.dumps(rows))
    assert read(tmp_path) == {"train": said(10, 20)}


def test_two_tables_that_say_the_same_of_an_image_count_once(tmp_path):
    write_images(tmp_path / "train", {"0.png": 10, "1.png": 20})
    write(tmp_path / "train" / "metadata.jsonl", lines_of({"0.png": 10, "1.png": 20}))
    write(tmp_path / "metadata.jsonl", lines_of({"train/0.png": 10, "train/1.png": 20}))
    assert len(read_splits(str(tmp_path))[1]["train"].captions) == 2
    assert "rows that another table has, too (2)" in open_dataset(str(tmp_path)).found


def test_a_caption_is_of_one_image_only(tmp_path):
    for n, end in ((10, "jpg"), (99, "png")):
        write(tmp_path / f"0.{end}", image(n, {"jpg": "JPEG", "png": "PNG"}[end]))
    write(tmp_path / "0.txt", "level 10")
    assert read(tmp_path) == {"train": said(10)}
    assert "further images of the same name (1)" in open_dataset(str(tmp_path)).found


def test_a_class_in_two_spellings_is_one_class(tmp_path):
    for split, name in (("train", "cafe\u0301"), ("test", "caf\u00e9")):
        write(tmp_path / split / name / "0.png", image(10))
        write(tmp_path / split / "dog" / "0.png", image(20))
    assert read_splits(str(tmp_path))[1]["train"].classes == ["caf\u00e9", "dog"]


def test_files_of_a_sample_may_be_spelled_differently(tmp_path):
    write_tar(tmp_path / "0.tar", [("cafe\u0301.png", image(10)), ("caf\u00e9.txt", b"level 10")])
    assert read(tmp_path) == {"train": said(10)}


def test_names_in_an_archive_are_told(tmp_path):
    write(tmp_path / "metadata.jsonl", lines_of({"zip://0.png::images.zip": 10}))
    with pytest.raises(BadDataError, match="archives, which must be unpacked first"):
        open_dataset(str(tmp_path))


def test_a_header_of_thousands_of_columns_is_shortened(tmp_path):
    write(tmp_path / "a.csv", ",".join(f"column {n}" for n in range(5000)) + "\n")
    with pytest.raises(BadDataError) as caught:
        open_dataset(str(tmp_path))
    assert len(str(caught.value)) < 700


def test_text_files_of_old_systems_have_their_lines(tmp_path):
    write_images(tmp_path, {"0.png": 10})
    write(tmp_path / "0.txt", b"one\rtwo")
    assert list(read(tmp_path)["train"]) == ["one", "two"]


def test_a_broken_line_costs_that_line(tmp_path):
    write_images(tmp_path, {"0.png": 10, "1.png": 20})
    rows = ['{"image": "0.png", "caption": "level 10"}', '{"image": ', "", "[]"]
    rows.insert(1, '{"image": "1.png", "caption": "level 20"}')
    write(tmp_path / "train.json", "\n".join(rows))
    assert read(tmp_path) == {"train": said(10, 20)}
    found = open_dataset(str(tmp_path)).found
    assert "lines that are not JSON (1), lines that are no object (1)" in found


@pytest.mark.parametrize(
    "cell",
    [
        "('level 10', 'b')",
        "[{'raw': 'level 10'}, {'raw': 'b'}]",
        '[{""raw"": ""level 10""}, ""b""]',
    ],
)
def test_lists_of_other_makes_are_lists_too(tmp_path, cell):
    write_images(tmp_path, {"0.png": 10})
    write(tmp_path / "a.csv", f'image,captions\n0.png,"{cell}"\n')
    assert list(read(tmp_path)["train"]) == ["level 10", "b"]


def test_a_caption_in_parentheses_is_a_caption(tmp_path):
    write_images(tmp_path, {"0.png": 10})
    write(tmp_path / "a.csv", "image,captions\n0.png,(a dog) on 'a' beach)\n")
    assert list(read(tmp_path)["train"]) == ["a dog on 'a' beach"]


def test_classes_that_are_whole_floats_are_numbers(tmp_path):
    write_images(tmp_path, {"0.png": 10, "1.png": 20})
    rows = ['{"file_name": "0.png", "label": 0.0}', '{"file_name": "1.png", "label": 10.0}']
    write(tmp_path / "metadata.jsonl", "\n".join(rows))
    assert read_splits(str(tmp_path))[1]["train"].classes == ["0", "10"]
