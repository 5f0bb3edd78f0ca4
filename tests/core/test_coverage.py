"""Coverage and holes, worked by hand."""

import numpy as np
import pytest

from explorer.core.coverage import find_holes, nearest_to, reach


def at(*degrees: float) -> np.ndarray:
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def cosine_distance(degrees: float) -> float:
    return 1 - np.cos(np.radians(degrees))


def test_a_row_is_covered_where_one_of_the_set_is_as_near_as_rows_usually_are():
    to_others = np.array([cosine_distance(each) for each in (10, 10, 10, 40, 60)])
    found = reach(at(0, 10, 20, 60, 120), 3 * at(4, 65), to_others)
    assert found.usual == pytest.approx(cosine_distance(10), abs=1e-6)
    assert found.nearest.tolist() == [0, 0, 0, 1, 1]
    assert found.distance == pytest.approx(
        [cosine_distance(d) for d in (4, 6, 16, 5, 55)], abs=1e-6
    )
    assert found.is_covered.tolist() == [True, True, False, True, False]
    assert (found.covered, found.covered_rare) == (pytest.approx(0.6), 0.0)


def test_each_of_a_set_has_its_nearest_row_of_the_data_whatever_block_that_is_in(monkeypatch):
    by_two = [slice(0, 2), slice(2, 4), slice(4, 5)]
    monkeypatch.setattr("explorer.core.coverage.row_blocks", lambda n: by_two)
    row, distance = nearest_to(at(0, 10, 20, 60, 120), 3 * at(4, 100, 61))
    assert row.tolist() == [0, 4, 3]
    assert distance == pytest.approx([cosine_distance(d) for d in (4, 20, 1)], abs=1e-6)


def test_holes_are_regions_without_cover_and_the_first_misses_most():
    near, some, far = np.linspace(0, 1, 4), np.linspace(30, 31, 10), np.linspace(170, 171, 10)
    data = at(*near, *some, *far)
    found = reach(data, at(0.5), np.full(len(data), cosine_distance(2)))
    hole = find_holes(data, found, seed=0)
    assert hole.tolist() == [-1] * 4 + [1] * 10 + [0] * 10
    assert find_holes(data, reach(data, data, found.distance), seed=0).tolist() == [-1] * 24
