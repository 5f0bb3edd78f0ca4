import json
import os

import pytest

from explorer.data.open import open_dataset
from tests.colours import write_classes, write_colours


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


def test_splits_that_are_missing_are_taken_out_of_train(tmp_path):
    folder = write_classes(tmp_path / "colours", {"train": 40}) / "train"
    dataset = open_dataset(str(folder))
    sizes = {name: split.n_images for name, split in dataset.splits.items()}
    assert sizes == {"train": 32, "val": 4, "test": 4}
    for split in map(dataset.labelled, sizes):
        assert [name.split("/")[0] for name in split.image_names] == [
            split.classes[c] for c in split.labels
        ]
