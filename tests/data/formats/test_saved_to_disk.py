"""What `save_to_disk` of the library `datasets` wrote."""

import datasets
import pytest

from explorer.data.found import read_splits
from explorer.errors import BadDataError
from tests.data.greys import image, levels, said


def save(folder, *numbers: int) -> None:
    cells = [{"bytes": image(n), "path": None} for n in numbers]
    rows = {"image": cells, "caption": [f"level {n}" for n in numbers]}
    datasets.Dataset.from_dict(rows).save_to_disk(folder)


def test_it_may_lie_in_the_only_folder_that_holds_any(tmp_path):
    save(tmp_path / "set", 10, 20)
    (tmp_path / "notes").mkdir()
    format_name, splits = read_splits(str(tmp_path))
    assert format_name == "Hugging Face dataset saved to disk"
    assert levels(splits["train"]) == said(10, 20)


def test_of_several_none_is_guessed(tmp_path):
    save(tmp_path / "one", 10)
    save(tmp_path / "other", 20)
    with pytest.raises(BadDataError, match="looks like a dataset"):
        read_splits(str(tmp_path))
