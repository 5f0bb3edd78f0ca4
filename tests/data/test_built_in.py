"""Data that needs no file."""

import numpy as np

from explorer.data.open import open_dataset


def test_scenes_are_opened_once():
    assert open_dataset("scenes") is open_dataset("scenes")
    assert np.all(np.diff(open_dataset("scenes").splits["train"].image_of_caption) >= 0)
