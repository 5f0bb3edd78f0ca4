"""Real images of each class, chosen by formulas."""

import numpy as np
import pytest

from explorer.core.class_coresets import (
    centres,
    farthest,
    herd,
    most_often,
    nearest_to,
    of_each_class,
)
from explorer.errors import ConfigError

RNG = np.random.default_rng(0)
ROWS = RNG.normal(size=(40, 5)).astype(np.float32)
LABELS = np.arange(40) % 4


def test_rows_are_chosen_within_their_class_and_stand_class_by_class():
    rows = of_each_class(ROWS.reshape(40, 5, 1), LABELS, 4, 3, herd)
    assert LABELS[rows].tolist() == [0] * 3 + [1] * 3 + [2] * 3 + [3] * 3
    assert len(set(rows.tolist())) == 12


def test_herded_rows_have_a_mean_nearer_to_that_of_all_than_the_first_rows_have():
    gap = np.linalg.norm(ROWS[herd(ROWS, 8)].mean(axis=0) - ROWS.mean(axis=0))
    assert gap < np.linalg.norm(ROWS[:8].mean(axis=0) - ROWS.mean(axis=0)) / 3


def test_the_first_of_more_herded_rows_are_the_answer_for_fewer():
    assert herd(ROWS, 6)[:3].tolist() == herd(ROWS, 3).tolist()


def test_farthest_rows_leave_no_row_farther_than_they_are_from_each_other():
    chosen = farthest(ROWS, 6, first=2)
    gaps = np.linalg.norm(ROWS[:, None] - ROWS[chosen], axis=2)
    between = gaps[chosen] + np.diag([np.inf] * 6)
    assert gaps.min(axis=1).max() <= between.min()


def test_one_centre_is_the_mean_and_several_are_near_their_rows():
    np.testing.assert_allclose(centres(ROWS, 1, seed=0)[0], ROWS.mean(axis=0), rtol=1e-5)
    far = np.concatenate([ROWS, ROWS + 100])
    assert sorted(centres(far, 2, seed=0).mean(axis=1) > 50) == [False, True]


def test_the_nearest_rows_are_taken_once_each():
    assert nearest_to(np.repeat(ROWS[:1], 3, axis=0), ROWS)[0] == 0
    assert len(set(nearest_to(np.repeat(ROWS[:1], 3, axis=0), ROWS).tolist())) == 3


def test_what_was_forgotten_most_often_comes_first():
    chosen = most_often(np.array([[1], [5], [0], [3]]), 2, np.random.default_rng(0))
    assert chosen.tolist() == [1, 3]


def test_a_class_with_too_few_rows_is_told_by_its_size():
    with pytest.raises(ConfigError, match="the smallest class has 10"):
        of_each_class(ROWS, LABELS, 4, 11, herd)
