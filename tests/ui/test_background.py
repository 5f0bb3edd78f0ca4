from threading import Event

import numpy as np
import pytest

from explorer.errors import BadDataError
from explorer.store.step import Computed, Step
from explorer.store.store import Store
from explorer.ui.background import Background


@pytest.fixture
def background(tmp_path):
    return Background(Store(tmp_path))


def step(compute, name="a"):
    return Step("toy", 1, {"name": name}, compute, lambda entry: entry.arrays["x"].tolist())


def test_a_step_is_computed_once_and_its_progress_told(background, tmp_path):
    begun, go_on, calls = Event(), Event(), []

    def compute(scratch, report):
        calls.append(1)
        report(0.5, "Half of it")
        begun.set()
        assert go_on.wait(30)
        return Computed({"x": np.array([3])})

    one = step(compute)
    assert background.about(one) is None
    background.begin(one)
    assert begun.wait(30)
    background.begin(one)
    assert background.about(one) == {"share": 0.5, "text": "Half of it", "problem": ""}
    background.begin(step(compute, "b"))
    assert background.about(step(compute, "b"))["text"] == "Waiting for what was asked before: 1"
    go_on.set()
    background.finish()
    background.begin(one)
    assert background.about(one) is None
    assert (len(calls), Store(tmp_path).peek(one)) == (2, [3])  # one of each


@pytest.mark.parametrize(
    ("error", "problem"),
    [(BadDataError("It is empty."), "It is empty."), (KeyError("x"), "KeyError: 'x'")],
)
def test_what_went_wrong_is_told_and_it_can_be_tried_again(background, tmp_path, error, problem):
    tries = []

    def compute(scratch, report):
        tries.append(1)
        if len(tries) == 1:
            raise error
        return Computed({"x": np.array([3])})

    one = step(compute)
    background.begin(one)
    background.finish()
    assert background.about(one)["problem"] == problem
    background.begin(one)
    background.finish()
    assert background.about(one) is None
    assert Store(tmp_path).peek(one) == [3]
