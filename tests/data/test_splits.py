"""How people call train, val and test."""

import pytest

from explorer.data.open import open_dataset
from explorer.errors import BadDataError


def test_two_datasets_in_one_folder_are_refused(colours):
    (colours / "coco_train.json").write_text("[]")
    with pytest.raises(BadDataError, match=r"two files for the train split"):
        open_dataset(str(colours))
