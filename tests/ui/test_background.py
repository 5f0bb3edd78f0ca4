import time

import numpy as np
import pytest

from explorer.errors import BadDataError
from explorer.store.step import Computed, Step
from explorer.store.store import Store
from explorer.ui.background import Background

PATIENCE = 60.0


@pytest.fixture
def background(tmp_path):
    return Background(Store(tmp_path / "cache", None))


def step(compute, name="a"):
    return Step("toy", 1, {"name": name}, compute, lambda entry: entry.arrays["x"].tolist())


def wait(until):
    deadline = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_step_is_computed_once_and_its_progress_told(background, tmp_path):
    go_on, calls = tmp_path / "go", tmp_path / "calls"
    calls.touch()

    def compute(scratch, report):
        with calls.open("a") as file:
            file.write("x")
        report(0.5, "Half of it")
        wait(go_on.exists)
        return Computed({"x": np.array([3])})

    one = step(compute)
    half = {"share": 0.5, "text": "Half of it", "problem": ""}
    assert background.about(one) is None
    background.begin(one)
    wait(lambda: background.about(one) == half)
    background.begin(one)
    assert background.about(one) == half
    background.begin(step(compute, "b"))
    assert background.about(step(compute, "b"))["text"] == "Waits until other work has ended"
    go_on.touch()
    background.finish()
    background.begin(one)
    assert background.about(one) is None
    kept = Store(tmp_path / "cache", None).peek(one)
    assert (calls.read_text(), kept) == ("xx", [3])  # one of each


@pytest.mark.parametrize(
    ("error", "problem"),
    [(BadDataError("It is empty."), "It is empty."), (KeyError("x"), "KeyError: 'x'")],
)
def test_what_went_wrong_is_told_and_it_can_be_tried_again(background, tmp_path, error, problem):
    tried = tmp_path / "tried"

    def compute(scratch, report):
        if not tried.exists():
            tried.touch()
            raise error
        return Computed({"x": np.array([3])})

    one = step(compute)
    background.begin(one)
    background.finish()
    assert background.about(one)["problem"] == problem
    background.begin(one)
    background.finish()
    assert background.about(one) is None
    assert Store(tmp_path / "cache", None).peek(one) == [3]
