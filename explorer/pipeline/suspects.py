"""What in a dataset deserves a second look: pairs that do not fit, pictures nearly equal."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from explorer.core.geometry import unit_rows
from explorer.core.neighbors import nearest_rows
from explorer.pipeline.prepared import Prepared
from explorer.pipeline.store import Computed, Store
from explorer.types import Report, silent

DUPLICATES = ("duplicates", 1)
LEAST_COSINE = 0.9
"""Pictures less alike are no suspects, however few there are."""
MOST = 60
"""Suspects of a kind that are listed."""


class Duplicates(NamedTuple):
    """Pictures that are nearly equal, the most alike first; each pair once."""

    first: np.ndarray  # (n,) int, a picture
    second: np.ndarray  # (n,) int, a later one
    cosine: np.ndarray  # (n,) float32


def worst_pairs(prepared: Prepared) -> np.ndarray:
    """(n,) rows whose picture and caption agree least, the worst first."""
    similarity = prepared.similarity
    worst = np.argpartition(similarity, min(MOST, len(similarity) - 1))[:MOST]
    return worst[np.argsort(similarity[worst], kind="stable")]


def near_duplicates(store: Store, prepared: Prepared, report: Report = silent) -> Duplicates:
    """Looks for the nearest other picture of each picture; cached.

    Exact up to 20,000 pictures; beyond, a few pairs may be missed (core/neighbors.py).
    """

    def compute(scratch: Path) -> Computed:
        found = nearest_rows(unit_rows(prepared.image), 2, seed=0, report=report)
        return dict(pairs_alike(found.row[:, 1], 1 - found.distance[:, 1])._asdict()), {}

    if prepared.n_images < 2:
        return pairs_alike(np.zeros(0, int), np.zeros(0, np.float32))
    entry = store.fetch(*DUPLICATES, {"embed": prepared.embed_key}, compute)
    return Duplicates(**entry.arrays)


def pairs_alike(nearest: np.ndarray, cosine: np.ndarray) -> Duplicates:
    """The pairs to list, from the nearest other picture of each (N,) and their cosine (N,).

    Examples:
        >>> pairs_alike(np.array([2, 0, 0]), np.array([0.99, 0.5, 0.99])).first.tolist()
        [0]
    """
    rows = np.flatnonzero(cosine >= LEAST_COSINE)
    low, high = np.minimum(rows, nearest[rows]), np.maximum(rows, nearest[rows])
    _, once = np.unique(low * len(nearest) + high, return_index=True)
    best = once[np.argsort(-cosine[rows[once]], kind="stable")][:MOST]
    return Duplicates(low[best], high[best], cosine[rows[best]])
