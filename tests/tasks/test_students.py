"""Students are trained once each, and told of in their order."""

from types import SimpleNamespace

import numpy as np
import pytest

from explorer.engine.engine import HERE
from explorer.store.step import Computed, Step
from explorer.store.store import Store
from explorer.tasks.students import all_students


@pytest.fixture
def context(tmp_path):
    return SimpleNamespace(store=Store(tmp_path), engine=HERE)


def students(trained: list[int], *seeds: int) -> list[Step[int]]:
    def step(seed: int) -> Step[int]:
        def compute(scratch, report):
            trained.append(seed)
            return Computed({"score": np.array([seed * 10])})

        return Step(
            "student", 1, {"seed": seed}, compute, lambda entry: int(entry.arrays["score"][0])
        )

    return [step(seed) for seed in seeds]


def test_those_that_are_there_are_told_of_instead_of_trained(context):
    trained, told, lines = [], [], []
    all_students(context, students(trained, 2, 0), lambda *given: told.append(given), ignore)
    assert (trained, told) == ([2, 0], [])  # their curves were told while they trained
    scores = all_students(
        context,
        students(trained, 0, 1, 2),
        lambda *given: told.append(given),
        lambda share, text: lines.append((round(share, 2), text)),
    )
    assert scores == [0, 10, 20]
    assert trained == [2, 0, 1]
    assert told == [(0, 0), (2, 20)]
    assert [share for share, _ in lines][-1] == 1.0
    assert "Training students" in lines[-1][1]


def ignore(share: float, text: str) -> None:
    pass


def test_no_students_are_no_work(context):
    assert all_students(context, [], lambda *_: 1 / 0, ignore) == []
