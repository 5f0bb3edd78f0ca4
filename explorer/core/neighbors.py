"""Nearest rows by cosine, from matrix products."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from explorer.core.geometry import mean_rows, row_blocks, unit_rows
from explorer.core.lazy_rows import Rows, pick
from explorer.progress import Report, silent

EXACT_ROWS = 20_000
"""Up to here every row is compared with every other."""
CELLS_SEARCHED = 16
"""Beyond, with the rows of this many cells out of 2 sqrt(N): 94 % of the true neighbours."""
ROWS_PER_CELL = 40
"""Rows that a cell's centre is found from."""
N_ROUNDS = 5
"""Of moving the centres; more finds hardly more neighbours."""
BLOCK_SIMILARITIES = 2**22
"""Compared at once; changes the memory, not the answer."""


class Neighbors(NamedTuple):
    """The nearest rows of each row, nearest first; the first is always the row itself."""

    row: np.ndarray  # (N, n_neighbors) int32
    distance: np.ndarray  # (N, n_neighbors) float32, 1 - cosine, in [0, 2]


def nearest_rows(x: Rows, n_neighbors: int, *, seed: int, report: Report = silent) -> Neighbors:
    """Finds the nearest rows by cosine: exactly up to EXACT_ROWS rows, nearly all beyond.

    Args:
        x: (N, D) rows of length 1, or 0: a zero row has distance 1 to every other.
        n_neighbors: From 2 to N, the row itself included.
        seed: Of the cells; without effect up to EXACT_ROWS rows.
        report: Told the share of rows that are done.
    """
    row = np.empty((len(x), n_neighbors), dtype=np.int32)
    distance = np.empty((len(x), n_neighbors), dtype=np.float32)
    row[:, 0], distance[:, 0] = np.arange(len(x)), 0
    n_done = 0
    for rows, candidates in _searches(x, n_neighbors, seed):
        others = x[candidates]
        for block in row_blocks(len(rows), size=max(1, BLOCK_SIMILARITIES // len(candidates))):
            from_others = 1 - x[rows[block]] @ others.T
            from_others[rows[block, None] == candidates] = np.inf
            found = _nearest(from_others, candidates, n_neighbors - 1)
            row[rows[block], 1:], distance[rows[block], 1:] = found
            n_done += len(rows[block])
            report(n_done / len(x), f"Found neighbours of {n_done:,} of {len(x):,} points")
    return Neighbors(row, distance)


def n_compared(n_rows: int) -> int:
    """About how many pairs `nearest_rows` compares."""
    if n_rows <= EXACT_ROWS:
        return n_rows**2
    return int((CELLS_SEARCHED / 2 + 2) * n_rows**1.5)  # with rows near by, and with the centres


def _searches(x: Rows, n_neighbors: int, seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yields rows and the rows to look for their neighbours among; every row comes once."""
    if len(x) <= EXACT_ROWS:
        yield np.arange(len(x)), np.arange(len(x))
        return
    cells, centres = _cells(x, seed)
    sizes = np.array([len(cell) for cell in cells])
    for cell, similarity in zip(cells, centres @ centres.T, strict=True):
        near = np.argsort(-similarity)
        n_enough = 1 + int(np.searchsorted(np.cumsum(sizes[near]), n_neighbors))
        searched = near[: max(CELLS_SEARCHED, n_enough)]
        yield cell, np.concatenate([cells[each] for each in searched])


def _cells(x: Rows, seed: int) -> tuple[list[np.ndarray], np.ndarray]:
    """Divides all rows by their nearest centre: the rows of each cell, and the unit centres."""
    n_cells = 2 * int(len(x) ** 0.5)
    rng = np.random.default_rng(seed)
    chosen = rng.choice(len(x), size=min(len(x), ROWS_PER_CELL * n_cells), replace=False)
    sample = pick(x, chosen)
    centres = sample[:n_cells]
    for _ in range(N_ROUNDS):
        centres = unit_rows(mean_rows(sample, _most_similar(sample, centres), n_cells))
    cell_of_row = _most_similar(x, centres)
    order = np.argsort(cell_of_row, kind="stable")
    kinds, first = np.unique(cell_of_row[order], return_index=True)
    return np.split(order, first[1:]), centres[kinds]


def _most_similar(x: Rows, centres: np.ndarray) -> np.ndarray:
    return np.concatenate([(x[rows] @ centres.T).argmax(axis=1) for rows in row_blocks(len(x))])


def _nearest(
    distance: np.ndarray, candidates: np.ndarray, n_nearest: int
) -> tuple[np.ndarray, np.ndarray]:
    """The (n, n_nearest) candidates (C,) nearest to each row of distance (n, C), and how far."""
    if n_nearest == 1:
        column = distance.argmin(axis=1)[:, None]  # several times faster
    else:
        column = np.argpartition(distance, n_nearest - 1, axis=1)[:, :n_nearest]
    nearest = np.take_along_axis(distance, column, axis=1)
    order = np.argsort(nearest, axis=1, kind="stable")
    column = np.take_along_axis(column, order, axis=1)
    return candidates[column], np.take_along_axis(nearest, order, axis=1).clip(0, 2)
