import io
import json
from pathlib import Path

import numpy as np
import pytest

from explorer.data.found import look_into, read_splits
from explorer.data.open import open_dataset
from explorer.errors import BadDataError
from tests.data.arrays import Harmful, made
from tests.data.greys import write

MEDICAL = Path(__file__).parents[4] / "shared" / "data" / "pneumoniamnist"


def test_python_objects_in_an_archive_are_refused(tmp_path):
    file = io.BytesIO()
    image = np.array([Harmful()], dtype=object)
    np.savez(file, train_images=image, train_labels=np.zeros(1, np.uint8))
    write(tmp_path / "some.npz", file.getvalue())
    with pytest.raises(BadDataError, match="Python objects in train_images"):
        open_dataset(str(tmp_path))


def test_several_labels_an_image_are_refused(tmp_path):
    file = io.BytesIO()
    image, _ = made(4, 8, False, 0)
    np.savez(file, train_images=image, train_labels=np.zeros((4, 14), np.uint8))
    write(tmp_path / "chest.npz", file.getvalue())
    with pytest.raises(BadDataError, match="14 labels for each image of train; one is"):
        open_dataset(str(tmp_path))


def test_a_real_archive_is_read_as_it_came():
    if not MEDICAL.is_dir():
        pytest.skip("the collection of labelled images is not here")
    splits = read_splits(str(MEDICAL))[1]
    sizes = {name: split.n_images for name, split in splits.items()}
    assert sizes == {"train": 3882, "val": 524, "test": 624}
    assert np.bincount(splits["train"].labels).tolist() == [388, 3494]
    assert json.dumps(list(splits["train"].classes)) == '["0", "1"]'


@pytest.mark.parametrize("names", [("images", "labels"), ("X", "y")])
def test_arrays_that_name_no_split_are_for_training(tmp_path, names):
    file, arrays = io.BytesIO(), made(6, 8, False, 0)
    np.savez(file, **dict(zip(names, arrays, strict=True)))
    write(tmp_path / "a.npz", file.getvalue())
    assert read_splits(str(tmp_path))[1]["train"].labels.tolist() == arrays[1].tolist()


@pytest.mark.parametrize("shape", [(3, 3, 8, 8), (3, 8, 8, 8)])
def test_images_of_another_shape_are_refused_with_it(tmp_path, shape):
    file = io.BytesIO()
    np.savez(file, x_train=np.zeros(shape, np.uint8), y_train=np.arange(3))
    write(tmp_path / "a.npz", file.getvalue())
    with pytest.raises(BadDataError, match="8 x 8 for each image of train; wanted are height x"):
        open_dataset(str(tmp_path))


@pytest.mark.parametrize("unread", ["x_test", "val_labels", "extra"])
def test_arrays_that_are_not_read_are_named(tmp_path, unread):
    file = io.BytesIO()
    image, label = made(4, 8, False, 0)
    np.savez(file, x_train=image, y_train=label, **{unread: image})
    write(tmp_path / "some.npz", file.getvalue())
    assert f"Arrays of some.npz that are not read: {unread}." in look_into(str(tmp_path)).notes


def test_images_in_an_archive_of_their_own_are_told_before_a_table_beside_them(tmp_path):
    np.savez(tmp_path / "kmnist-train-imgs.npz", np.zeros((2, 4, 4), np.uint8))
    np.savez(tmp_path / "kmnist-train-labels.npz", np.arange(2))
    write(tmp_path / "kmnist_classmap.csv", "index,codepoint,char\n0,U+304A,o\n")
    with pytest.raises(BadDataError, match=r"imgs.npz holds images and not their labels"):
        look_into(str(tmp_path))


def test_features_in_an_archive_say_nothing_of_images(tmp_path):
    np.savez(tmp_path / "features.npz", np.zeros((2, 4, 4), np.float32))
    with pytest.raises(BadDataError, match="Nothing in"):
        look_into(str(tmp_path))
