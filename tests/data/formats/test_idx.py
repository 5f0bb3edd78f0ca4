import gzip

import numpy as np
import pytest

from explorer.data.open import open_dataset, read_splits
from explorer.errors import BadDataError
from tests.data.arrays import idx, idx_bytes
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
