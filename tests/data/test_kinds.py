"""Further ways in which ordinary sets were read wrong without a word."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from explorer.data.inspect import inspect
from explorer.data.open import open_dataset, read_splits
from explorer.errors import BadDataError
from tests.data.greys import csv_of, image, lines_of, read, said, write, write_images
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


def test_a_class_may_have_a_column_of_its_own(tmp_path):
    write_images(tmp_path, {f"{n}.png": 10 * n for n in range(6)})
    ones = ["1.0,0.0,0.0", "0.0,1.0,0.0", "0.0,0.0,1.0"]
    rows = "".join(f"{n}.png,{n},{ones[n % 3]}\n" for n in range(6))
    write(tmp_path / "truth.csv", f"image,age,mole,nevus,carcinoma\n{rows}")
    train = read_splits(str(tmp_path))[1]["train"]
    assert [train.classes[n] for n in train.labels[:3]] == ["mole", "nevus", "carcinoma"]
    assert train.columns.keys() == {"age"}


def test_a_later_row_of_two_classes_costs_that_row(tmp_path):
    write_images(tmp_path, {f"{n}.png": n for n in range(104)})
    rows = "".join(f"{n}.png,{n % 2},{1 - n % 2}\n" for n in range(102))
    write(tmp_path / "a.csv", f"image,cat,dog\n{rows}102.png,1,1\n103.png,0,0\n")
    found = open_dataset(str(tmp_path)).found
    assert "rows of several classes or of none (2)" in found


def test_rows_of_several_classes_are_refused(tmp_path):
    write_images(tmp_path, {"0.png": 10, "1.png": 20})
    write(tmp_path / "a.csv", "image,cat,dog\n0.png,1,1\n1.png,0,1\n")
    with pytest.raises(BadDataError, match="its columns are image, cat, dog"):
        open_dataset(str(tmp_path))


@pytest.mark.parametrize("column", ["scan", "image_id"])
def test_a_column_that_names_images_may_be_called_otherwise(tmp_path, column):
    write_images(tmp_path, {"0.png": 10, "1.png": 20})
    write(tmp_path / "a.csv", f"{column},caption\n0.png,level 10\n1.png,level 20\n")
    assert read(tmp_path) == {"train": said(10, 20)}


def test_a_column_that_may_mean_splits_and_is_not_read_as_such_is_told(tmp_path):
    write_images(tmp_path, {"0.png": 10, "1.png": 20})
    write(tmp_path / "a.csv", "image,label,partition\n0.png,a,0\n1.png,b,1\n")
    told = inspect(str(tmp_path))["columns"]
    assert "no splits from `partition`, whose values are not train, val and test" in told


def test_a_class_that_is_a_raw_byte_is_refused(tmp_path):
    files = [
        (f"{n}.{end}", content)
        for n in range(4)
        for end, content in (("png", image(n)), ("cls", bytes([n % 2 + 1])))
    ]
    write_tar(tmp_path / "train.tar", files)
    with pytest.raises(BadDataError, match=r"labels that are no text \(4\), the first is '.x01'"):
        open_dataset(str(tmp_path))


POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"


@pytest.mark.parametrize(
    "name", ["train.json", "captions.csv", "metadata.jsonl", "0.tar", "a.parquet", "mnist.npz"]
)
def test_a_file_that_git_lfs_left_behind_is_named(tmp_path, name):
    write_images(tmp_path, {"0.png": 10})
    write(tmp_path / name, POINTER)
    with pytest.raises(BadDataError, match=f"{name} is a pointer of Git LFS; .* `git lfs pull`"):
        open_dataset(str(tmp_path))


def test_an_image_or_a_caption_that_git_lfs_left_behind_says_so(tmp_path):
    write_images(tmp_path, {"0.png": 10, "1.png": 20})
    write(tmp_path / "0.txt", "level 10")
    write(tmp_path / "1.txt", POINTER)
    write(tmp_path / "2.png", POINTER)
    write(tmp_path / "2.txt", "level 30")
    splits = read_splits(str(tmp_path))[1]
    assert splits["train"].captions == ["level 10", "level 30"]
    with pytest.raises(BadDataError, match=r"2\.png cannot be read: it is a pointer of Git LFS"):
        splits["train"].open_image(1)


def coco(images: list, captions: list) -> str:
    rows = [{"image_id": image, "caption": text} for image, text in captions]
    return json.dumps(
        {"images": [{"id": i, "file_name": f} for i, f in images], "annotations": rows}
    )


@pytest.mark.parametrize(
    ("images", "captions"),
    [
        ([(0, "train2017/0.png"), (1, "train2017/1.png")], [(0, "level 10"), (1, "level 20")]),
        ([(0, "0.png"), (1, "1.png")], [("0", "level 10"), ("1", "level 20")]),
        ([("0", "0.png"), ("1", "1.png")], [(0, "level 10"), (1, "level 20")]),
    ],
    ids=["names begin with the folder", "image ids in quotes", "ids in quotes"],
)
def test_coco_may_be_written_otherwise(tmp_path, images, captions):
    write_images(tmp_path / "train2017", {"0.png": 10, "1.png": 20})
    write(tmp_path / "annotations/captions_train2017.json", coco(images, captions))
    assert read(tmp_path) == {"train": said(10, 20)}


def test_captions_of_an_id_that_two_images_have_are_left_out(tmp_path):
    write_images(tmp_path / "train2017", {"0.png": 10, "1.png": 20})
    images = [(0, "0.png"), (1, "1.png"), (0, "1.png")]
    captions = [(0, "level 10"), (1, "level 20")]
    write(tmp_path / "captions_train2017.json", coco(images, captions))
    assert read(tmp_path) == {"train": said(20)}
    found = open_dataset(str(tmp_path)).found
    assert "captions of an `id` that several images have (1)" in found


@pytest.mark.parametrize("above", ["", "images/"])
def test_names_may_lack_their_suffix(tmp_path, above):
    write_images(tmp_path, {f"{above}0.png": 10, f"{above}1.png": 20, f"{above}2.png": 30})
    write_images(tmp_path, {f"{above}2.jpg": 30})  # of which nobody knows which is meant
    write(tmp_path / "captions.csv", "image,caption\n0,level 10\n1.png,level 20\n2,level 30\n")
    train = read_splits(str(tmp_path))[1]["train"]
    assert [train.open_image(i).getpixel((0, 0))[0] for i in range(2)] == [10, 20]
    with pytest.raises(BadDataError, match="is not there"):
        train.open_image(2)


def test_columns_of_one_name_are_refused(tmp_path):
    write_images(tmp_path, {"0.png": 10})
    write(tmp_path / "captions.csv", "image,caption,caption\n0.png,one,two\n")
    with pytest.raises(BadDataError, match="several columns called `caption`"):
        open_dataset(str(tmp_path))


def test_classes_are_not_called_as_what_all_folders_have_in_common(tmp_path):
    for name, level in (("set/train/cat/images", 10), ("set/train/dog/images", 20)):
        write(tmp_path / name / "0.png", image(level))
    write(tmp_path / "set/val/images/0.png", image(30))  # of which Tiny ImageNet's text has classes
    dataset = open_dataset(str(tmp_path))
    assert dataset.splits["train"].classes == ["cat", "dog"]
    assert "images outside the folders of classes (1)" in dataset.found


def test_classes_that_train_lacks_are_told(tmp_path):
    for name in ("train/cat", "train/dog", "test/dog", "test/fox"):
        write(tmp_path / name / "0.png", image(10))
    assert (
        "Classes of test without an image in train: 1 (fox)." in open_dataset(str(tmp_path)).found
    )


def test_labels_in_parquet_are_told_as_such(tmp_path):
    images = [{"bytes": image(10), "path": "0.png"}, {"bytes": image(20), "path": "1.png"}] * 2
    pq.write_table(pa.table({"image": images, "label": [0, 1, 0, 1]}), tmp_path / "train.parquet")
    assert "1 files, classes from `label`." in open_dataset(str(tmp_path)).found


def test_images_that_parquet_only_names_are_looked_for(tmp_path):
    write_images(tmp_path, {"0.png": 10})
    cells = [{"bytes": None, "path": "0.png"}]
    pq.write_table(pa.table({"image": cells, "caption": ["level 10"]}), tmp_path / "train.parquet")
    assert read(tmp_path) == {"train": said(10)}


def test_sentences_without_a_text_are_said_to_be_so(tmp_path):
    about = [{"filename": "0.png", "split": "train", "sentences": [{"tokens": ["a"]}]}]
    write(tmp_path / "dataset.json", json.dumps({"images": about}))
    with pytest.raises(BadDataError, match=r"images whose `sentences` are no texts \(1\)"):
        open_dataset(str(tmp_path))


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


def test_names_may_begin_with_the_folder_of_the_dataset(tmp_path):
    write_images(tmp_path / "set/images", {"0.png": 10, "1.png": 20})
    names = {f"{tmp_path.name}/set/images/{n}.png": 10 * n + 10 for n in range(2)}
    write(tmp_path / "set/a.csv", csv_of(names))
    assert read(tmp_path / "set") == {"train": said(10, 20)}
