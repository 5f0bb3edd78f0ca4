"""Lays embeddings out in the plane with UMAP (McInnes et al., arXiv 1802.03426)."""

import sys
import threading
from collections import Counter
from contextlib import suppress
from functools import cache
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from explorer.core.geometry import check_rows, unit_rows
from explorer.core.neighbors import Neighbors, nearest_rows
from explorer.errors import BadDataError, ConfigError
from explorer.progress import Report, silent

FEWEST_ROWS = 5
"""Below it there are no neighbourhoods to keep; the two principal axes are the map."""
N_EPOCHS = 200
"""What UMAP takes for large sets. Its 500 for small ones take twice as long for the same map."""
NEIGHBORS_SHARE = 0.2
"""Of the progress reported; the rest is the layout."""
_UMAP_DEFAULTS: dict[str, Any] = {
    "initial_alpha": 1.0,
    "gamma": 1.0,
    "negative_sample_rate": 5,
    "metric": "cosine",
    "metric_kwds": {},
    "densmap": False,
    "densmap_kwds": {},
    "output_dens": False,
}
"""What UMAP's class passes unless told otherwise; its function has no defaults."""

_ONE_AT_A_TIME = threading.Lock()  # numba's workqueue layer aborts a process that enters it twice


def project_to_plane(
    x: np.ndarray, *, n_neighbors: int, min_dist: float, seed: int, report: Report = silent
) -> np.ndarray:
    """Places each row so that rows of high cosine lie together.

    Starts from the two principal axes and moves rows by UMAP. The same seed gives the same
    map on one machine. Equal rows are placed close together, not on one spot.

    Args:
        x: (N, D) embeddings of any length, N at least 1.
        n_neighbors: Neighbours to keep together, at least 2; at most N are used.
        min_dist: Least distance between points, in [0, 1].
        seed: Of the neighbour search, the start's jitter and the layout.
        report: Told the share done; may raise to cancel, which waits for UMAP's last round once
            the rounds have begun.

    Returns:
        (N, 2) float32, finite. Fewer than FEWEST_ROWS rows lie on their principal axes, one row
        at the origin.
    """
    if n_neighbors < 2 or not 0 <= min_dist <= 1:
        raise ConfigError(
            f"n_neighbors must be at least 2 and min_dist in [0, 1], got {n_neighbors} and "
            f"{min_dist}."
        )
    check_rows("embeddings to map", x)
    if len(x) == 0:
        raise BadDataError("There are no embeddings to map.")
    unit = unit_rows(x)
    start = _principal_plane(unit)
    if len(x) < FEWEST_ROWS:
        return start
    neighbors = nearest_rows(
        unit,
        min(n_neighbors, len(x)),
        seed=seed,
        report=lambda share, text: report(NEIGHBORS_SHARE * share, text),
    )
    with _ONE_AT_A_TIME, threadpool_limits():  # numba leaves its own number of threads behind
        return _umap(unit, neighbors, start, min_dist, seed, report)


def _principal_plane(unit: np.ndarray) -> np.ndarray:
    """(N, 2) float32 coordinates on the two axes of largest variance, scaled into [-10, 10]."""
    centred = unit - unit.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)  # by rising variance
    plane = np.zeros((len(unit), 2), dtype=np.float32)
    plane[:, : min(2, axes.shape[1])] = centred @ axes[:, :-3:-1]
    return plane * (10 / max(float(np.abs(plane).max()), 1e-6))


def _umap(
    unit: np.ndarray,
    neighbors: Neighbors,
    start: np.ndarray,
    min_dist: float,
    seed: int,
    report: Report,
) -> np.ndarray:
    # Seconds to import and compile, and no page needs it. UMAP's functions rather than its class,
    # because they take neighbours and a start without looking for their own first.
    report(NEIGHBORS_SHARE, "Loading UMAP, which is compiled the first time: up to minutes")
    from umap.umap_ import find_ab_params, fuzzy_simplicial_set, simplicial_set_embedding

    _keep_what_is_compiled()
    random_state = np.random.RandomState(seed)
    a, b = find_ab_params(1.0, min_dist)
    graph, _, _ = fuzzy_simplicial_set(
        unit,
        neighbors.row.shape[1],
        random_state,
        "cosine",
        knn_indices=neighbors.row,
        knn_dists=neighbors.distance,
    )
    epochs = _EpochReport(report)
    # UMAP scales each axis to its extent; a little noise gives every axis one.
    jitter = random_state.normal(scale=1e-3, size=start.shape).astype(np.float32)
    plane: np.ndarray
    plane, _ = simplicial_set_embedding(
        unit,
        graph,
        n_components=2,
        a=a,
        b=b,
        n_epochs=N_EPOCHS,
        init=start + jitter,
        random_state=random_state,
        tqdm_kwds={"disable": False, "file": epochs, "bar_format": "{n}"},
        **_UMAP_DEFAULTS,
    )
    if epochs.raised:
        raise epochs.raised
    return plane


@cache
def _keep_what_is_compiled() -> None:
    """Has numba keep machine code of UMAP on the disk: ten seconds less for each later process.

    It lies beside UMAP's own files, or in the folder for caches of whoever runs this. One function
    that is compiled twice, in parallel and not, would share a file: of it only the latter is kept.
    """
    from numba.core.dispatcher import Dispatcher

    modules = [module for name, module in sys.modules.items() if name.startswith("umap.")]
    values = [value for module in modules for value in vars(module).values()]
    found = {value for value in values if isinstance(value, Dispatcher)}
    times = Counter(each.py_func for each in found)
    with suppress(RuntimeError):  # neither can be written to
        for each in found:
            if times[each.py_func] == 1 or not each.targetoptions.get("parallel"):
                each.enable_caching()


class _EpochReport:
    """The file that UMAP's progress bar is printed to: a number of epochs at a time."""

    def __init__(self, report: Report) -> None:
        self.raised: BaseException | None = None
        self._report = report

    def write(self, text: str) -> None:
        if not text.strip() or self.raised:
            return
        epoch = int(text)
        share = NEIGHBORS_SHARE + (1 - NEIGHBORS_SHARE) * epoch / N_EPOCHS
        try:
            self._report(share, f"Laying out the map, round {epoch} of {N_EPOCHS}")
        except BaseException as error:  # tqdm prints under a lock that an exception leaves locked
            self.raised = error

    def flush(self) -> None:
        """Nothing is held back."""
