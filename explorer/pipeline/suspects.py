"""What in a dataset deserves a second look: pairs that do not fit, pictures nearly equal."""

import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

from explorer.core.geometry import scale_to_unit
from explorer.core.neighbors import n_compared, nearest_rows
from explorer.pipeline.prepared import Prepared
from explorer.pipeline.store import Computed, Store
from explorer.types import Report, silent

DUPLICATES = ("duplicates", 1)
LEAST_COSINE = 0.9
"""Pictures less alike are no suspects, however few there are."""
AT_ONCE = 10_000
"""Pictures up to here are looked through unasked: it takes a few seconds at most."""
TIMED = 1000
"""Pictures that are looked through to tell how long all take."""
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


def find_duplicates(store: Store, prepared: Prepared) -> Duplicates | None:
    """What `near_duplicates` found, or None where it was not asked yet and would take long."""
    if prepared.n_images <= AT_ONCE or store.peek(*DUPLICATES, _inputs(prepared)):
        return near_duplicates(store, prepared)
    return None


def seconds_to_look(prepared: Prepared) -> float:
    """About how long `near_duplicates` takes on this machine."""
    start = time.perf_counter()
    some = prepared.image[:TIMED]
    nearest_rows(scale_to_unit(some), 2, seed=0)
    taken = time.perf_counter() - start
    return taken * n_compared(prepared.n_images) / n_compared(len(some))


def near_duplicates(store: Store, prepared: Prepared, report: Report = silent) -> Duplicates:
    """Looks for the nearest other picture of each picture; cached.

    Exact up to 20,000 pictures; beyond, a few pairs may be missed (core/neighbors.py).
    """

    def compute(scratch: Path) -> Computed:
        found = nearest_rows(scale_to_unit(prepared.image), 2, seed=0, report=report)
        return dict(pairs_alike(found.row[:, 1], 1 - found.distance[:, 1])._asdict()), {}

    if prepared.n_images < 2:
        return pairs_alike(np.zeros(0, int), np.zeros(0, np.float32))
    return Duplicates(**store.fetch(*DUPLICATES, _inputs(prepared), compute).arrays)


def _inputs(prepared: Prepared) -> dict[str, str]:
    return {"embed": prepared.embed_key}


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
