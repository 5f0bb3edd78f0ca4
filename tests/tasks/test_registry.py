"""Every task by its name, and by what a dataset holds."""

import numpy as np
import pytest

from explorer.errors import ConfigError, UnknownNameError
from explorer.tasks.registry import TASKS, find_task, task_of, task_of_split
from explorer.types import Dataset, Labelled, Pairs, Split

ABOUT = {"image_names": ["0"], "open_image": lambda i: 1 / 0, "fingerprint": "f"}
PAIRS = Pairs(**ABOUT, captions=["a"], image_of_caption=np.zeros(1, np.int64))
LABELLED = Labelled(**ABOUT, labels=np.zeros(1, np.int64), classes=["a", "b"])


def test_a_task_is_found_by_its_name_and_an_unknown_one_names_all():
    for name, task in TASKS.items():
        assert find_task(name) is task
        assert task.name == name
    with pytest.raises(
        UnknownNameError, match=r"'chess'\. Choose one of: retrieval, classification\."
    ):
        find_task("chess")


@pytest.mark.parametrize(("split", "name"), [(PAIRS, "retrieval"), (LABELLED, "classification")])
def test_data_are_for_the_task_of_what_their_images_come_with(split, name):
    dataset = Dataset(name="mine", found="", splits={"train": split})
    assert task_of(dataset).name == task_of_split(split, "mine").name == name
    assert [task.name for task in TASKS.values() if task.fits(dataset)] == [name]


def test_images_alone_are_for_no_task():
    with pytest.raises(ConfigError, match="mine has neither captions nor classes"):
        task_of_split(Split(**ABOUT), "mine")
