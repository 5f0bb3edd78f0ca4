"""What in a dataset deserves a second look: pairs that do not fit, images nearly equal."""

import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

from explorer.core.geometry import scale_to_unit
from explorer.core.neighbors import n_compared, nearest_rows
from explorer.explore.dataset import Prepared
from explorer.explore.nearest import SEED, nearest_others
from explorer.progress import Report
from explorer.store.step import Computed, Step
from explorer.store.store import Store

LEAST_COSINE = 0.9
"""Images less alike are no suspects, however few there are."""
AT_ONCE = 10_000
"""Images up to here are looked through unasked: it takes a few seconds at most."""
TIMED = 1000
"""Images that are looked through to tell how long all take."""
MOST = 60
"""Suspects of a kind that are listed."""


class Duplicates(NamedTuple):
    """Images that are nearly equal, the most alike first; each pair once."""

    first: np.ndarray  # (n,) int, an image
    second: np.ndarray  # (n,) int, a later one
    cosine: np.ndarray  # (n,) float32


def worst_pairs(prepared: Prepared) -> np.ndarray:
    """(n,) rows whose image and caption agree least, the worst first."""
    similarity = prepared.similarity
    worst = np.argpartition(similarity, min(MOST, len(similarity) - 1))[:MOST]
    return worst[np.argsort(similarity[worst], kind="stable")]


def find_duplicates(store: Store, prepared: Prepared) -> Duplicates | None:
    """What `near_duplicates` found, or None where it was not asked yet and would take long."""
    if prepared.n_images <= AT_ONCE or store.has(_duplicates(store, prepared)):
        return near_duplicates(store, prepared)
    return None


def seconds_to_look(prepared: Prepared) -> float:
    """About how long `near_duplicates` takes on this machine."""
    start = time.perf_counter()
    some = prepared.image[:TIMED]
    nearest_rows(scale_to_unit(some), 2, seed=SEED)
    taken = time.perf_counter() - start
    return taken * n_compared(prepared.n_images) / n_compared(len(some))


def near_duplicates(store: Store, prepared: Prepared) -> Duplicates:
    """Looks for the nearest other image of each image; cached.

    Exact up to 20,000 images; beyond, a few pairs may be missed (core/neighbors.py).
    """
    if prepared.n_images < 2:
        return pairs_alike(np.zeros(0, int), np.zeros(0, np.float32))
    return store.fetch(_duplicates(store, prepared))


def _duplicates(store: Store, prepared: Prepared) -> Step[Duplicates]:
    def compute(scratch: Path, report: Report) -> Computed:
        found = store.fetch(nearest_others(prepared), report)
        return Computed(pairs_alike(found.row[:, 1], 1 - found.distance[:, 1])._asdict())

    inputs = {"embed": prepared.embed_key}
    return Step("duplicates", 1, inputs, compute, lambda entry: Duplicates(**entry.arrays))


def pairs_alike(nearest: np.ndarray, cosine: np.ndarray) -> Duplicates:
    """The pairs to list, from the nearest other image of each (N,) and their cosine (N,).

    Examples:
        >>> pairs_alike(np.array([2, 0, 0]), np.array([0.99, 0.5, 0.99])).first.tolist()
        [0]
    """
    rows = np.flatnonzero(cosine >= LEAST_COSINE)
    low, high = np.minimum(rows, nearest[rows]), np.maximum(rows, nearest[rows])
    _, once = np.unique(low * len(nearest) + high, return_index=True)
    best = once[np.argsort(-cosine[rows[once]], kind="stable")][:MOST]
    return Duplicates(low[best], high[best], cosine[rows[best]])
