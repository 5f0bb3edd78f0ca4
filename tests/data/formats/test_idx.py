import gzip
import os

import numpy as np
import pytest

from explorer.data.formats import idx as idx_files
from explorer.data.found import read_splits
from explorer.data.open import open_dataset
from explorer.errors import BadDataError
from tests.data.arrays import emnist, idx, idx_bytes
from tests.data.greys import write


def test_a_size_that_no_file_can_hold_is_refused_before_it_is_read(tmp_path):
    idx(tmp_path / "data")
    head = b"\0\0\x08\x03" + b"".join(n.to_bytes(4, "big") for n in (60_000, 28, 28))
    path = tmp_path / "data" / "train-images-idx3-ubyte.gz"
    path.write_bytes(gzip.compress(head))
    with pytest.raises(BadDataError, match=r"is cut, or too long: it should hold 47,040,000"):
        open_dataset(str(tmp_path / "data"))
    path.write_bytes(gzip.compress(head[:4] + b"\xff" * 12))
    with pytest.raises(BadDataError, match="more than 2 GiB"):
        open_dataset(str(tmp_path / "data"))


def test_labels_without_images_are_refused(tmp_path):
    folder = idx(tmp_path / "data")
    (folder / "t10k-images-idx3-ubyte.gz").unlink()
    with pytest.raises(BadDataError, match=r"is there, but not its file of images"):
        open_dataset(str(folder))


def test_fashion_is_known_by_its_first_labels(tmp_path):
    folder = idx(tmp_path / "data")
    first = [9, 0, 0, 3, 0, 2, 7, 2, 5, 5, 0, 9, 5, 5, 7, 9, 1, 4, 6, 8]
    for name, array in (("images-idx3", np.zeros((20, 8, 8))), ("labels-idx1", np.array(first))):
        path = folder / f"train-{name}-ubyte.gz"
        path.write_bytes(gzip.compress(idx_bytes(array)))
    train = read_splits(str(folder))[1]["train"]
    assert train.classes[:2] == ["T-shirt/top", "Trouser"]
    assert train.classes[int(train.labels[0])] == "Ankle boot"


def test_idx_files_may_lie_in_folders_called_as_they_are(tmp_path):
    idx(tmp_path / "data")
    for path in sorted((tmp_path / "data").glob("*ubyte*")):
        write(tmp_path / "unpacked" / path.name / path.name, path.read_bytes())
    one, other = (read_splits(str(tmp_path / name))[1] for name in ("data", "unpacked"))
    assert {n: e.labels.tolist() for n, e in one.items()} == {
        n: e.labels.tolist() for n, e in other.items()
    }


def test_images_of_emnist_are_upright_and_its_letters_are_named(tmp_path):
    dataset = open_dataset(str(emnist(tmp_path / "data")))
    assert "hold columns as rows; the images are read upright" in dataset.found
    train = dataset.labelled("train")
    assert train.classes == ["A", "B", "C"]
    assert train.labels[:4].tolist() == [0, 1, 2, 0]
    assert [np.asarray(train.open_image(i))[0, 5, 0] for i in (0, 1)] == [255, 255]
    assert np.asarray(train.open_image(1))[5, 0, 0] == 27


def test_letters_are_numbers_without_their_mapping_and_not_off_by_one_without_the_last(tmp_path):
    folder = emnist(tmp_path / "data")
    (folder / "emnist-letters-mapping.txt").write_text("1 65 97\n3 66 98\n")
    assert read_splits(str(folder))[1]["train"].classes == ["1", "2", "3"]


def test_what_was_computed_of_images_that_lay_is_not_taken_for_upright_ones(tmp_path):
    upright = emnist(tmp_path / "a")
    lying = tmp_path / "b"
    for path in sorted(upright.glob("*ubyte*")):
        write(lying / path.name.removeprefix("emnist-letters-"), path.read_bytes())
        os.utime(lying / path.name.removeprefix("emnist-letters-"), ns=(0, 0))
        os.utime(path, ns=(0, 0))
    stamps = [
        [reading.source.stamp(each.place) for each in reading.records]
        for reading in (idx_files.read(upright), idx_files.read(lying))
    ]
    assert [f"{each[:-2]}:upright{each[-2:]}" for each in stamps[1][:3]] == stamps[0][:3]


def test_mnist_stays_as_it_lies_in_its_files(tmp_path):
    folder = emnist(tmp_path / "data")
    for path in sorted(folder.glob("*ubyte*")):
        path.rename(folder / path.name.removeprefix("emnist-letters-"))
    dataset = open_dataset(str(folder))
    assert "upright" not in dataset.found
    assert np.asarray(dataset.labelled("train").open_image(1))[5, 0, 0] == 255
