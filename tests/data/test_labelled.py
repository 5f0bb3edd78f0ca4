"""Datasets whose images belong to classes."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from PIL import Image

from explorer.data.open import open_dataset, read_splits
from explorer.errors import BadDataError, ConfigError
from explorer.scenes.world import open_labelled_scenes, scene_of
from explorer.types import Labelled
from tests.colours import write_classes
from tests.data.layouts import write_tar


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


def test_splits_that_are_missing_are_taken_out_of_train(tmp_path):
    folder = write_classes(tmp_path / "colours", {"train": 40}) / "train"
    dataset = open_dataset(str(folder))
    sizes = {name: split.n_images for name, split in dataset.splits.items()}
    assert sizes == {"train": 32, "val": 4, "test": 4}
    for split in map(dataset.labelled, sizes):
        assert [name.split("/")[0] for name in split.image_names] == [
            split.classes[c] for c in split.labels
        ]


def test_classes_that_are_numbers_stand_in_their_order(tmp_path):
    folder = write_classes(tmp_path / "colours") / "train"
    for name, number in (("red", "10"), ("green", "9"), ("blue", "2")):
        (folder / name).rename(folder / number)
    assert open_dataset(str(folder)).labelled().classes == ["2", "9", "10"]


def test_one_class_alone_is_named_and_refused(tmp_path):
    folder = write_classes(tmp_path / "colours", {"train": 1})
    with pytest.raises(BadDataError, match="one class, 'red', and none has a caption; two"):
        open_dataset(str(folder))


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


def test_a_column_of_labels_is_read_where_there_are_no_captions(tmp_path):
    folder = write_classes(tmp_path / "colours")
    for split in ("train", "val", "test"):
        rows = [
            {"file_name": str(path.relative_to(folder / split)), "label": i % 2, "seed": 1}
            for i, path in enumerate(sorted((folder / split).rglob("*.png")))
        ]
        lines = [*map(json.dumps, rows), json.dumps({**rows[0], "file_name": "x.png", "label": ""})]
        (folder / split / "metadata.jsonl").write_text("\n".join(lines))
    dataset = open_dataset(str(folder))
    assert dataset.labelled().classes == ["0", "1"]
    assert dataset.labelled().labels[:4].tolist() == [0, 1, 0, 1]
    assert "images without a label (3)" in dataset.found


def test_captions_win_over_labels(tmp_path):
    folder = write_classes(tmp_path / "colours", {"train": 9}) / "train"
    rows = [
        {"file_name": str(path.relative_to(folder)), "label": "x", "caption": f"number {i}"}
        for i, path in enumerate(sorted(folder.rglob("*.png")))
    ]
    (folder / "metadata.jsonl").write_text("\n".join(map(json.dumps, rows)))
    assert open_dataset(str(folder)).pairs().n_captions == 7


def test_labels_in_parquet_are_read(tmp_path):
    folder = write_classes(tmp_path / "colours", {"train": 12})
    paths = sorted(folder.rglob("*.png"))
    table = pa.table(
        {"image": [p.read_bytes() for p in paths], "label": [i % 3 for i in range(12)]}
    )
    data = tmp_path / "parquet"
    data.mkdir()
    pyarrow.parquet.write_table(table, data / "train.parquet")
    assert open_dataset(str(data)).labelled().classes == ["0", "1", "2"]


@pytest.mark.parametrize("what", ["kinds", "environments"])
def test_scenes_are_labelled_by_what_is_truly_in_them(what):
    train = open_labelled_scenes(what, 40, 2, 2).labelled()
    for index, label in enumerate(train.labels):
        scene = scene_of("train", index)
        truth = scene.things[0].kind if what == "kinds" else scene.environment
        assert train.classes[label] == truth


def test_labelled_scenes_show_the_images_of_scenes_and_say_so():
    labelled, scenes = open_dataset("scenes:kinds"), open_dataset("scenes")
    train, same = labelled.labelled(), scenes.splits["train"]
    assert train.n_images == 6000
    assert np.array_equal(np.asarray(train.open_image(7)), np.asarray(same.open_image(7)))
    assert train.fingerprint != same.fingerprint
    for split in scenes.splits:
        assert labelled.captioned(split).same_images == scenes.splits[split].fingerprint


def test_digits_are_built_in():
    dataset = open_dataset("digits")
    assert isinstance(dataset.splits["train"], Labelled)
    assert [split.n_images for split in dataset.splits.values()] == [1297, 200, 300]
    train = dataset.labelled()
    assert train.open_image(0).size == (8, 8)
    assert len(set(train.labels.tolist())) == 10
    with pytest.raises(ConfigError, match="Digits has no captions"):
        dataset.pairs()


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
