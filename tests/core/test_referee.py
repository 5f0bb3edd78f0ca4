"""Gains with intervals, corrected p-values, robust scores, coverage and copies, worked by hand."""

import math

import numpy as np
import pytest

from explorer.core.referee import (
    augmentation_robust,
    gap,
    holm,
    label_robust,
    spread,
    to_nearest_others,
)


def test_a_gap_has_the_interval_of_welch():
    """Means 3 and 1, variances 1 and 1, n = 3 each: error sqrt(2/3), 4 degrees, t 2.776."""
    found = gap([2.0, 3.0, 4.0], [0.0, 1.0, 2.0])
    assert found.mean == 2.0
    assert found.half == pytest.approx(2.7764 * math.sqrt(2 / 3), rel=1e-4)
    assert found.p == pytest.approx(0.0705, abs=1e-4)
    assert gap([2.0], [1.0, 3.0]) == (0.0, None, None)
    assert gap([2.0, 2.0], [1.0, 1.0]) == (1.0, 0.0, 0.0)


def test_the_least_p_bears_the_whole_number_and_none_falls_below_a_smaller_one():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, 0.6]) == [1.0, 1.0]
    assert holm([]) == []


def test_the_robust_score_rises_with_the_gain_and_falls_with_what_is_lost():
    assert label_robust(2.0, 0.0) == pytest.approx(1.0)
    assert label_robust(0.0, 2.0) == pytest.approx(0.0)
    assert augmentation_robust(0.1, 0.3) == pytest.approx(label_robust(0.4, 0.0))
    assert label_robust(0.3, 0.1) > label_robust(0.2, 0.1) > label_robust(0.2, 0.3)


def at(*degrees: float) -> np.ndarray:
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def test_what_lies_near_a_pair_of_the_set_is_covered_and_what_is_too_near_is_a_copy():
    """Nearest others are 1 degree away, of the last row 40: it is the rare tenth."""
    data = at(*range(9), 48)
    others = to_nearest_others(data)
    found = spread(data, at(4.4), others)
    assert found.covered == pytest.approx(0.2)  # rows at 4 and 5
    assert (found.covered_rare, found.n_copies) == (0.0, 1)
    assert spread(data, at(48, 90), others) == (pytest.approx(0.1), 1.0, 1)
