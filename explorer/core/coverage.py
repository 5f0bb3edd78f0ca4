"""Which rows of data a small set reaches, and in which regions it reaches none."""

from typing import NamedTuple

import numpy as np

from explorer.core.clusters.cluster import cluster_rows
from explorer.core.geometry import row_blocks, unit_rows
from explorer.core.lazy_rows import Rows, pick

RARE = 0.9
"""Rows are rare whose nearest other is further than that of this share of rows."""
ROOT_PER_HOLE = 2
"""There are as many holes as the root of the number of rows without cover, divided by this."""
MOST_HOLES = 40


class Reach(NamedTuple):
    """How far rows of data are from a set. Distances are 1 - cosine."""

    usual: float  # median distance of a row to its nearest other: what lies as near is covered
    distance: np.ndarray  # (N,) float32, of each row to the nearest of the set
    nearest: np.ndarray  # (N,) int64, which that is
    is_rare: np.ndarray  # (N,) bool, the tenth whose nearest others are furthest

    @property
    def is_covered(self) -> np.ndarray:
        """(N,) bool, whether one of the set is nearer than is usual for rows."""
        covered: np.ndarray = self.distance <= self.usual
        return covered

    @property
    def covered(self) -> float:
        """Share of the rows in [0, 1]."""
        return float(self.is_covered.mean())

    @property
    def covered_rare(self) -> float:
        """Share of the rare rows."""
        return float(self.is_covered[self.is_rare].mean())


def reach(data: np.ndarray, made: np.ndarray, to_others: np.ndarray) -> Reach:
    """How far rows are from a set.

    Args:
        data: (N, D) embeddings of real images.
        made: (K, D) embeddings of a set; at least one.
        to_others: (N,) distance of each row to its nearest other.
    """
    own = unit_rows(made)
    distance = np.empty(len(data), dtype=np.float32)
    nearest = np.empty(len(data), dtype=np.int64)
    for block in row_blocks(len(data)):
        cosines = unit_rows(data[block]) @ own.T
        nearest[block] = cosines.argmax(axis=1)
        distance[block] = 1 - cosines.max(axis=1)
    is_rare = to_others >= np.quantile(to_others, RARE)
    return Reach(float(np.median(to_others)), distance, nearest, is_rare)


def nearest_to(data: Rows, made: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(K,) rows of (N, D) data that (K, D) `made` are nearest to, and the distances, 1 - cosine."""
    own = unit_rows(made)
    row = np.zeros(len(own), dtype=np.int64)
    most = np.full(len(own), -np.inf, dtype=np.float32)
    for block in row_blocks(len(data)):
        cosines = own @ unit_rows(data[block]).T
        found = cosines.argmax(axis=1)
        cosine = cosines[np.arange(len(own)), found]
        is_nearer = cosine > most
        row[is_nearer], most[is_nearer] = block.start + found[is_nearer], cosine[is_nearer]
    return row, 1 - most


def find_holes(data: Rows, found: Reach, seed: int) -> np.ndarray:
    """(N,) int64, the hole that each row without cover lies in; -1 for rows with cover.

    Holes are the k-means clusters of rows of length 1 without cover. Hole 0 is the one where most
    is missing: the sum over its rows of what their distance to the set is beyond the usual.
    """
    bare = np.flatnonzero(~found.is_covered)
    hole = np.full(len(found.distance), -1, dtype=np.int64)
    if not len(bare):
        return hole
    n_holes = int(np.clip(np.sqrt(len(bare)) / ROOT_PER_HOLE, 1, MOST_HOLES))
    labels, _ = cluster_rows(pick(data, bare), n_holes, seed=seed)
    missing = np.bincount(labels, found.distance[bare] - found.usual, minlength=n_holes)
    rank = np.empty(n_holes, dtype=np.int64)
    rank[np.argsort(-missing, kind="stable")] = np.arange(n_holes)
    hole[bare] = rank[labels]
    return hole
