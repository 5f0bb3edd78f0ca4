import tracemalloc

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from explorer.core import neighbors
from explorer.core.geometry import scale_to_unit, unit_rows
from explorer.core.neighbors import nearest_rows


@pytest.fixture
def in_cells(monkeypatch):
    """Makes every set of rows a large one."""
    monkeypatch.setattr(neighbors, "EXACT_ROWS", 0)


def test_hand_worked_case():
    angles = np.deg2rad([0, 10, 90])
    found = nearest_rows(np.stack([np.cos(angles), np.sin(angles)], axis=1), 3, seed=0)
    assert found.row.tolist() == [[0, 1, 2], [1, 0, 2], [2, 1, 0]]
    assert found.distance[0] == pytest.approx([0, 1 - np.cos(angles[1]), 1], abs=1e-6)


@pytest.mark.parametrize("block", [1, 1000, 2**24])
def test_neighbours_and_distances_are_those_of_sklearn(block, paired_rows, monkeypatch):
    monkeypatch.setattr(neighbors, "BLOCK_SIMILARITIES", block)
    x = unit_rows(paired_rows(300)[0])
    found = nearest_rows(x, 10, seed=0)
    distance, row = NearestNeighbors(n_neighbors=10, metric="cosine").fit(x).kneighbors(x)
    assert found.distance == pytest.approx(distance, abs=1e-6)
    assert (found.row == row).mean() > 0.99  # rounding may swap two


def test_cells_find_most_true_neighbours(paired_rows, monkeypatch):
    x = unit_rows(paired_rows(4000, n_topics=60, noise=1.0)[0])
    exact = nearest_rows(x, 10, seed=0)
    monkeypatch.setattr(neighbors, "EXACT_ROWS", 0)
    found = nearest_rows(x, 10, seed=0)
    share = np.mean([len(np.intersect1d(a, b)) for a, b in zip(exact.row, found.row, strict=True)])
    assert share / 10 > 0.9
    assert (found.distance >= exact.distance - 1e-6).all()
    assert (found.row == nearest_rows(x, 10, seed=0).row).all()


@pytest.mark.usefixtures("in_cells")
@pytest.mark.parametrize("n_rows", [5, 40, 600])
def test_equal_rows_and_zero_rows_have_neighbours_in_cells(n_rows):
    x = np.zeros((n_rows, 3), dtype=np.float32)
    x[: n_rows // 2, 0] = 1
    found = nearest_rows(x, min(n_rows, 15), seed=0)
    assert np.isfinite(found.distance).all()
    assert (found.row[:, 0] == np.arange(n_rows)).all()
    assert all(len(set(row)) == found.row.shape[1] for row in found.row)


def test_rows_on_the_disk_are_not_copied_into_memory():
    x = np.random.default_rng(0).normal(size=(40_000, 256)).astype(np.float32)
    tracemalloc.start()
    found = nearest_rows(scale_to_unit(x), 2, seed=0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < x.nbytes
    assert found.row[:100].tolist() == nearest_rows(unit_rows(x), 2, seed=0).row[:100].tolist()


def test_the_row_itself_comes_before_its_equals():
    found = nearest_rows(np.ones((6, 1)), 4, seed=0)
    assert found.row[:, 0].tolist() == list(range(6))
    assert not found.distance.any()
