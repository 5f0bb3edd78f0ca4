import json
import os
import tempfile
from pathlib import Path

import numpy as np
import pytest

from explorer.data.open import look_into, open_dataset
from explorer.errors import BadDataError, ConfigError, MissingDataError
from tests.colours import write_classes, write_colours
from tests.data.greys import (
    TABLE,
    found_in,
    write,
)


@pytest.mark.parametrize("missing", [["val", "test"], ["val"], ["test"]])
def test_missing_splits_are_taken_out_of_train_always_alike(colours, missing):
    for split in missing:
        (colours / f"{split}.json").unlink()
    dataset, again = open_dataset(str(colours)), open_dataset(str(colours))
    names = {split: set(pairs.image_names) for split, pairs in dataset.splits.items()}
    assert list(names) == ["train", "val", "test"]
    assert sum(map(len, names.values())) == len(set.union(*names.values()))
    for split in missing:
        assert len(names[split]) == 2
        assert dataset.splits[split].fingerprint == again.splits[split].fingerprint
        assert dataset.splits[split].open_image(1).size == (48, 40)
        assert split in dataset.found.lower()
    assert len(names["train"]) == 20 - 2 * len(missing)
    assert f"{' and '.join(missing).capitalize()} taken out of train" in dataset.found


def test_too_few_images_to_take_any_out_are_all_for_training(tmp_path):
    folder = write_colours(tmp_path / "few", {"train": 2})
    assert list(open_dataset(str(folder)).splits) == ["train"]


def test_the_fingerprint_changes_with_images_and_captions(colours):
    def fingerprint() -> str:
        return open_dataset(str(colours)).splits["train"].fingerprint

    first = fingerprint()
    assert fingerprint() == first
    os.utime(colours / "images" / "train3.png", (1, 1))
    second = fingerprint()
    rows = json.loads((colours / "train.json").read_text())
    rows[0]["caption"] = "another"
    (colours / "train.json").write_text(json.dumps(rows))
    assert len({first, second, fingerprint()}) == 3


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        ("hf:owner", ConfigError, "hf:owner/name or hf:owner/name@config"),
        ("no/such/folder", MissingDataError, "no folder 'no/such/folder'"),
        (
            "",
            BadDataError,
            "it holds no files. Understood are: .*, BLIP/ALBEF Karpathy JSON, ",
        ),
    ],
)
def test_what_cannot_be_opened_is_explained(tmp_path, data, error, message):
    with pytest.raises(error, match=message):
        open_dataset(data or str(tmp_path))


@pytest.mark.skipif(not os.access("/dev/shm", os.W_OK), reason="no memory is a folder here")
def test_a_folder_in_memory_is_opened_and_other_folders_of_the_system_are_not():
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        assert open_dataset(str(write_colours(Path(folder) / "own"))).splits["val"].n_images == 5
    for system in ("/dev", "/proc/self", "/sys"):
        with pytest.raises(MissingDataError, match="There is no folder"):
            open_dataset(system)


def test_a_folder_without_train_is_refused(colours):
    (colours / "train.json").unlink()
    with pytest.raises(BadDataError, match="no train split, only test and val"):
        open_dataset(str(colours))


def test_scenes_are_opened_once():
    assert open_dataset("scenes") is open_dataset("scenes")
    assert np.all(np.diff(open_dataset("scenes").splits["train"].image_of_caption) >= 0)


@pytest.mark.parametrize("content", ['{"data": [{"image": "0.png"}]}', '{"0.png": {"text": "a"}}'])
def test_json_that_is_not_understood_is_named_with_its_beginning(tmp_path, content):
    with pytest.raises(
        BadDataError, match=r"all.json is not understood: it begins with \{"
    ) as error:
        found_in(tmp_path, "all.json", content)
    assert content[:20] in str(error.value)


def test_a_file_is_no_folder(tmp_path):
    write(tmp_path / "a.csv", TABLE)
    with pytest.raises(MissingDataError, match=r"a\.csv is a file; give the folder"):
        look_into(str(tmp_path / "a.csv"))


def test_splits_that_are_missing_are_taken_out_of_train(tmp_path):
    folder = write_classes(tmp_path / "colours", {"train": 40}) / "train"
    dataset = open_dataset(str(folder))
    sizes = {name: split.n_images for name, split in dataset.splits.items()}
    assert sizes == {"train": 32, "val": 4, "test": 4}
    for split in map(dataset.labelled, sizes):
        assert [name.split("/")[0] for name in split.image_names] == [
            split.classes[c] for c in split.labels
        ]


def test_one_class_alone_is_named_and_refused(tmp_path):
    folder = write_classes(tmp_path / "colours", {"train": 1})
    with pytest.raises(BadDataError, match="one class, 'red', and none has a caption; two"):
        open_dataset(str(folder))


def test_why_a_single_class_is_left_is_told(tmp_path):
    labels = "".join(f"{n}.png,{n * 0.5}\n" for n in range(2))
    with pytest.raises(BadDataError, match=r"labels that are fractions and no classes \(1\)"):
        found_in(tmp_path, "a.csv", f"image,label\n{labels}")
