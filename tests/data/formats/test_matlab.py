import numpy as np
import pytest
from scipy.io import savemat

from explorer.data.found import read_splits
from tests.data.greys import write


@pytest.mark.parametrize(
    ("labels", "names", "zero"),
    [
        (range(1, 11), "", "0"),  # SVHN
        (range(1, 11), "zero one two three four five six seven eight nine", "zero"),
        (range(1, 11), "a b c d e f g h i ten", "ten"),
        (range(12), "", "10"),
    ],
)
def test_ten_is_the_digit_0_only_among_digits(tmp_path, labels, names, zero):
    image = np.zeros((8, 8, 3, len(labels)), np.uint8)
    savemat(tmp_path / "train_32x32.mat", {"X": image, "y": np.array(labels)[:, None]})
    if names:
        write(tmp_path / "classes.txt", names.replace(" ", "\n"))
    train = read_splits(str(tmp_path))[1]["train"]
    assert len(train.classes) == len(labels)
    assert train.classes[train.labels[list(labels).index(10)]] == zero
