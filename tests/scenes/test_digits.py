"""Digits, as they come with scikit-learn."""

import pytest

from explorer.data.open import open_dataset
from explorer.errors import ConfigError
from explorer.types import Labelled


def test_digits_are_built_in():
    dataset = open_dataset("digits")
    assert isinstance(dataset.splits["train"], Labelled)
    assert [split.n_images for split in dataset.splits.values()] == [1297, 200, 300]
    train = dataset.labelled()
    assert train.open_image(0).size == (8, 8)
    assert len(set(train.labels.tolist())) == 10
    with pytest.raises(ConfigError, match="Digits has no captions"):
        dataset.pairs()
