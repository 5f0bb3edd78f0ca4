"""K-means from coarse to fine; what all methods of clustering share is in `test_cluster`."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from explorer.core.clusters import kmeans
from explorer.core.clusters.cluster import cluster_rows
from explorer.core.clusters.kmeans import LEAST_SAMPLE, lloyd
from tests.core.clusters.test_cluster import inertia


def backwards(work: Callable[[Any], Any], blocks: Sequence[Any]) -> Iterator[Any]:
    """The last block is worked on first; results come in order, as always."""
    return reversed([work(block) for block in reversed(blocks)])


def test_the_order_in_which_blocks_are_worked_on_changes_no_bit():
    rows = np.random.default_rng(0).normal(size=(9000, 5)).astype(np.float32)
    weights = np.arange(9000) % 3 + 1
    first, second = (lloyd(rows, weights, 7, 0, over) for over in (map, backwards))
    assert first.labels.tobytes() == second.labels.tobytes()
    assert first.centres.tobytes() == second.centres.tobytes()
    assert first.inertia == second.inertia


def test_rows_that_are_too_many_to_be_copied_give_the_same_clusters(monkeypatch, tmp_path):
    np.save(tmp_path / "rows.npy", np.random.default_rng(0).normal(size=(18_000, 6)))
    rows = np.load(tmp_path / "rows.npy", mmap_mode="r")
    copied = lloyd(rows, np.ones(18_000), 5, 0)
    monkeypatch.setattr(kmeans, "MOST_COPIED", 0)
    monkeypatch.setattr(kmeans, "pick", noted := Noted(kmeans.pick))
    read = lloyd(rows, np.ones(18_000), 5, 0)
    assert noted.n_rows == [8000]
    assert copied.labels.tobytes() == read.labels.tobytes()
    assert copied.centres.tobytes() == read.centres.tobytes()


class Noted:
    """Notes of how many rows a function was asked for."""

    def __init__(self, pick: Callable[..., Any]) -> None:
        self._pick = pick
        self.n_rows: list[int] = []

    def __call__(self, rows: Any, places: np.ndarray) -> Any:
        self.n_rows.append(len(places))
        return self._pick(rows, places)


@pytest.mark.parametrize("n_clusters", [3, 40, 333])
def test_the_number_of_threads_changes_no_bit(n_clusters):
    rows = np.random.default_rng(0).normal(size=(9000, 70)).astype(np.float32)
    found = []
    for n_threads in (1, 2, 3):
        with threadpool_limits(n_threads):
            found.append(cluster_rows(rows, n_clusters, seed=0))
    for labels, centres in found[1:]:
        assert (labels == found[0][0]).all()
        assert (centres == found[0][1]).all()


def test_many_equal_rows_do_not_hide_the_few_others():
    """All 40 others are missing from most samples of 2,000 rows."""
    rows = np.zeros((50_000, 2), dtype=np.float32)
    others = np.random.default_rng(0).permutation(50_000)[:40]
    rows[others] = 100 * np.random.default_rng(1).normal(size=(40, 2))
    labels, _ = cluster_rows(rows, 41, seed=0)
    assert len(np.unique(labels)) == 41


def test_rows_far_from_the_origin_are_told_apart():
    near = np.repeat([[0.0, 0.0], [0.0, 3.0], [3.0, 0.0]], 50, axis=0)
    near += np.random.default_rng(0).normal(scale=0.1, size=near.shape)
    labels, _ = cluster_rows((near + 10_000).astype(np.float32), 3, seed=0)
    assert [len(np.unique(part)) for part in labels.reshape(3, 50)] == [1, 1, 1]
    assert len(np.unique(labels)) == 3


@pytest.mark.parametrize("seed", range(3))
def test_kmeans_is_as_tight_as_the_reference(seed, paired_rows):
    rows, _ = paired_rows(3 * LEAST_SAMPLE, n_topics=40, seed=seed)  # starts on a sample
    labels, _ = cluster_rows(rows, 10, method="kmeans", seed=seed)
    reference, _ = cluster_rows(rows, 10, method="minibatch", seed=seed)
    assert inertia(rows, labels) <= 1.01 * inertia(rows, reference)
