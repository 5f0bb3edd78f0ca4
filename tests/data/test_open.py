import json
import os
import tempfile
from pathlib import Path

import numpy as np
import pytest

from explorer.data.open import open_dataset, read_splits
from explorer.errors import BadDataError, ConfigError, MissingDataError
from tests.colours import write_colours


def test_karpathy_json_is_recognised_by_its_content(colours):
    dataset = open_dataset(str(colours))
    assert dataset.name == "colours"
    assert dataset.found == (
        "BLIP/ALBEF Karpathy JSON: train 20 images with 40 captions; val 5 images with 10 "
        "captions; test 6 images with 12 captions."
    )
    train = dataset.splits["train"]
    assert train.captions[:2] == ["a red square", "train square number 0 is red"]
    assert train.image_of_caption[:4].tolist() == [0, 0, 1, 1]
    assert train.image_names[1] == "images/train1.png"
    assert train.open_image(1).size == (48, 40)


def test_files_may_carry_the_name_of_their_dataset(colours):
    for split in ("train", "val", "test"):
        (colours / f"{split}.json").rename(colours / f"flickr30k_{split}.json")
    assert open_dataset(str(colours)).splits["val"].n_images == 5


def test_val_may_have_a_single_caption_per_image(colours):
    rows = [{"image": "images/val0.png", "caption": "One caption"}]
    (colours / "val.json").write_text(json.dumps(rows))
    assert open_dataset(str(colours)).splits["val"].captions == ["one caption"]


def test_rows_of_one_image_need_not_stand_together(colours):
    rows = [{"image": f"images/train{i}.png", "caption": str(i)} for i in (0, 1, 0)]
    (colours / "train.json").write_text(json.dumps(rows))
    train = open_dataset(str(colours)).splits["train"]
    assert train.captions == ["0", "0", "1"]
    assert train.image_of_caption.tolist() == [0, 0, 1]


def test_captions_are_cleaned_as_the_reference_does_and_empty_ones_dropped(colours):
    captions = ['A "DOG" (brown): runs!;~#*.', " ... ", " ".join(["word"] * 40)]
    rows = [{"image": "images/train0.png", "caption": captions}]
    rows.append({"image": "images/train1.png", "caption": ["!"]})
    (colours / "train.json").write_text(json.dumps(rows))
    train = read_splits(str(colours))[1]["train"]
    assert train.captions == ["a dog brown runs", " ".join(["word"] * 30)]
    assert train.n_images == 1


def test_imagefolder_is_recognised(tmp_path, colours):
    folder = tmp_path / "set"
    (folder / "train").mkdir(parents=True)
    (colours / "images" / "train0.png").rename(folder / "train" / "0.png")
    (colours / "images" / "train1.png").rename(folder / "train" / "1.png")
    rows = [{"file_name": "0.png", "caption": "One"}, {"file_name": "1.png", "caption": ["A", "B"]}]
    lines = "\n".join(json.dumps(row) for row in rows)
    (folder / "train" / "metadata.jsonl").write_text(lines + "\n")
    name, splits = read_splits(str(folder))
    assert name == "Hugging Face imagefolder"
    assert splits["train"].captions == ["one", "a", "b"]
    assert splits["train"].open_image(1).size == (48, 40)


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


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is not JSON"),
        ('{"image": 1}', "must hold a list"),
        ('[{"image": "a.png"}]', "without `image` and `caption` .1., the first is object 0"),
        ('[{"image": "a.png", "caption": 5}]', "object 0"),
        ('[{"image": "../a.png", "caption": "a"}]', "not inside the folder"),
        ('[{"image": "/etc/a.png", "caption": "a"}]', "not inside the folder"),
        ("[]", "train split of .* has no captions"),
    ],
)
def test_a_broken_file_is_named(colours, content, message):
    (colours / "train.json").write_text(content)
    with pytest.raises(BadDataError, match=message):
        open_dataset(str(colours))


def test_a_folder_without_train_is_refused(colours):
    (colours / "train.json").unlink()
    with pytest.raises(BadDataError, match="no train split, only test and val"):
        open_dataset(str(colours))


def test_two_datasets_in_one_folder_are_refused(colours):
    (colours / "coco_train.json").write_text("[]")
    with pytest.raises(BadDataError, match=r"two files for the train split"):
        open_dataset(str(colours))


def test_scenes_are_opened_once():
    assert open_dataset("scenes") is open_dataset("scenes")
    assert np.all(np.diff(open_dataset("scenes").splits["train"].image_of_caption) >= 0)
