"""STL-10's binary files."""

import numpy as np
import pytest

from explorer.data.found import look_into, read_splits
from explorer.data.open import open_dataset
from explorer.errors import BadDataError
from tests.data.arrays import stl
from tests.data.greys import write_images


def test_an_image_stands_in_its_file_by_channels_and_columns(tmp_path):
    folder = stl(tmp_path / "data")
    content = bytearray((folder / "train_X.bin").read_bytes())
    content[96 * 96 + 5 * 96 + 2] = 255  # green, the sixth column, the third row
    (folder / "train_X.bin").write_bytes(content)
    image = np.asarray(read_splits(str(folder))[1]["train"].open_image(0))
    assert image[2, 5].tolist() == [7, 255, 7]
    assert (image[:, :, 1] == 255).sum() == 1


def test_labels_count_from_1_though_no_image_is_of_the_last_class(tmp_path):
    folder = stl(tmp_path / "data")
    (folder / "class_names.txt").write_text("red\ngreen\nblue\nwhite\n")
    train = read_splits(str(folder))[1]["train"]
    assert [train.classes[i] for i in train.labels[:3]] == ["red", "green", "blue"]
    (folder / "class_names.txt").unlink()
    assert read_splits(str(folder))[1]["train"].classes == ["1", "2", "3"]


def test_images_without_labels_are_counted(tmp_path):
    folder = stl(tmp_path / "data")
    (folder / "unlabeled_X.bin").write_bytes(bytes(3 * 96 * 96 * 2))
    assert look_into(str(folder)).left_out["images in a file without labels"] == 2


@pytest.mark.parametrize("name", ["train_X.bin", "train_y.bin"])
def test_a_file_that_is_cut_is_refused(tmp_path, name):
    folder = stl(tmp_path / "data")
    (folder / name).write_bytes((folder / name).read_bytes()[:-1])
    with pytest.raises(BadDataError, match="one may be cut"):
        open_dataset(str(folder))


def test_files_of_no_split_are_refused(tmp_path):
    folder = stl(tmp_path / "data")
    for kind in "Xy":
        (folder / f"train_{kind}.bin").rename(folder / f"fold_{kind}.bin")
    with pytest.raises(BadDataError, match=r"is called as no split; call it train_X\.bin"):
        open_dataset(str(folder))


def test_a_file_that_is_only_called_likewise_is_no_set_and_leaves_the_data_beside_it_readable(
    tmp_path,
):
    for name in ("cat", "dog"):
        write_images(tmp_path / name, {"0.png": 0, "1.png": 200})
    (tmp_path / "weights_x.bin").write_bytes(bytes(9))
    assert look_into(str(tmp_path)).splits["train"].classes == ["cat", "dog"]
