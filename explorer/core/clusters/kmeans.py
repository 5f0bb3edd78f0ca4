"""Lloyd's algorithm from coarse to fine: most of the way is gone on a sample of the rows.

The same seed gives the same clusters, bit for bit: sums are formed in the order of the rows, never
in the order in which threads finish. Only the matrix products run on several threads, and
OpenBLAS divides those by rows and columns, so that no number is a sum across threads.
"""

from typing import NamedTuple

import numpy as np
from scipy.sparse import csc_array

from explorer.core.geometry import Map, nearest_centre, row_blocks, row_lengths
from explorer.core.lazy_rows import Rows, pick

SAMPLE_ROWS, LEAST_SAMPLE = 20, 2000
"""Rows per cluster, and rows at least, that a start is looked for among."""
GROWTH = 4
"""Each round sees so many times the rows of the round before, and the last one all."""
N_STARTS, MANY_CLUSTERS = 8, 400
"""The best of 8 starts: with one, few clusters often get stuck 4 % too wide. Among many clusters
the luck of a start evens out, and starts take long: starts times clusters stay below 400."""
N_STEPS, ROW_STEPS = 8, 500_000
"""Steps of a round at most: 8, or more where that is so quick that steps times rows stay below."""
LEAST_GAIN = 1e-4
"""A round ends when a step lowers the inertia by a smaller share."""
_ROUNDING = 1e-5
"""Rows are equal when their squared distance is a smaller share of their squared lengths."""
_BLOCK = 4096
MOST_COPIED = 1 << 30
"""Bytes of a round's rows that are copied from the disk once; more are read at each step."""


class Clusters(NamedTuple):
    labels: np.ndarray  # (M,) int64 in [0, K), the nearest of `centres`
    centres: np.ndarray  # (K, D) float32
    inertia: float  # sum of weighted squared distances to the means of the clusters


def lloyd(
    rows: Rows,
    weights: np.ndarray,
    n_clusters: int,
    seed: int,
    over: Map = map,
    start: np.ndarray | None = None,
) -> Clusters:
    """Divides rows into clusters of low inertia.

    Args:
        rows: (M, D); computed in float32, block by block.
        weights: (M,) above 0; a row of weight 2 counts like two equal rows.
        n_clusters: K, at most M. Fewer distinct rows leave clusters without rows.
        seed: Of samples and starts.
        over: Works on blocks of all rows; a run may hand in its engine's.
        start: (K, D) centres to begin with, on all rows at once; nothing is drawn then.
    """
    if start is not None:
        return _improve(rows, weights, start, over)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(rows))
    sizes = _sample_sizes(len(rows), n_clusters)
    found = _best_start(rows, weights, n_clusters, np.sort(order[: sizes[0]]), rng)
    if len(found.centres) < n_clusters and len(sizes) > 1:  # the sample has too many equal rows
        sizes = sizes[-1:]
        found = _best_start(rows, weights, n_clusters, np.arange(len(rows)), rng)
    for size in sizes[1:-1]:
        chosen = np.sort(order[:size])
        found = _improve(_taken(rows, chosen), weights[chosen], found.centres, over)
    if len(sizes) > 1:
        found = _improve(rows, weights, found.centres, over)
    n_missing = n_clusters - len(found.centres)
    copies = np.repeat(found.centres[:1], n_missing, axis=0)
    return found._replace(centres=np.concatenate([found.centres, copies]))


def _taken(rows: Rows, chosen: np.ndarray) -> Rows:
    n_bytes = len(chosen) * rows.shape[1] * np.dtype(np.float32).itemsize
    return rows[chosen] if n_bytes <= MOST_COPIED else pick(rows, chosen)


def _sample_sizes(n_rows: int, n_clusters: int) -> list[int]:
    """Rows of each round.

    Examples:
        >>> _sample_sizes(145_000, 500), _sample_sizes(1000, 500)
        ([10000, 40000, 145000], [1000])
    """
    sizes, size = [], max(LEAST_SAMPLE, SAMPLE_ROWS * n_clusters)
    while 2 * size <= n_rows:
        sizes.append(size)
        size *= GROWTH
    return [*sizes, n_rows]


def _best_start(
    rows: Rows,
    weights: np.ndarray,
    n_clusters: int,
    chosen: np.ndarray,
    rng: np.random.Generator,
) -> Clusters:
    """The tightest clusters of the chosen rows; fewer than K where fewer rows are distinct."""
    sample, weight = np.asarray(rows[chosen], dtype=np.float32), weights[chosen]
    n_starts = min(max(1, MANY_CLUSTERS // n_clusters), N_STARTS)
    starts = (
        _improve(sample, weight, _spread_out(sample, weight, n_clusters, rng))
        for _ in range(n_starts)
    )
    return min(starts, key=lambda found: found.inertia)


def _spread_out(
    sample: np.ndarray, weight: np.ndarray, n_clusters: int, rng: np.random.Generator
) -> np.ndarray:
    """Rows far from each other as first centres: greedy k-means++.

    Each next one is drawn with a chance that grows with the squared distance to those chosen, and
    is the best of a few that are drawn so (Arthur and Vassilvitskii, SODA 2007).
    """
    x = sample - sample.mean(axis=0)  # near the origin, products lose fewer digits
    squares = np.einsum("md,md->m", x, x)
    n_trials = 2 + int(np.log(n_clusters))
    chosen = [int(rng.choice(len(x), p=weight / weight.sum()))]
    distance = np.full(len(x), np.inf, dtype=np.float32)
    distance = np.minimum(distance, _squared_distances(x, squares, np.array(chosen))[0])
    while len(chosen) < n_clusters:
        reach = np.cumsum(distance * weight, dtype=np.float64)
        if reach[-1] == 0:  # every row equals one that is chosen
            break
        drawn = np.searchsorted(reach, rng.random(n_trials) * reach[-1], side="right")
        drawn = np.minimum(drawn, np.searchsorted(reach, reach[-1]))  # rounding may go beyond
        left = np.minimum(distance, _squared_distances(x, squares, drawn))
        best = int((left @ weight).argmin())
        chosen.append(int(drawn[best]))
        distance = left[best]
    return sample[chosen]


def _squared_distances(x: np.ndarray, squares: np.ndarray, places: np.ndarray) -> np.ndarray:
    """(T, M) squared distances of the rows at T places to all; 0 between equal rows."""
    both = squares[places, None] + squares
    distance: np.ndarray = both - 2 * (x[places] @ x.T)
    distance[distance < _ROUNDING * both] = 0
    return distance


def _improve(rows: Rows, weights: np.ndarray, centres: np.ndarray, over: Map = map) -> Clusters:
    """Moves centres to the means of the rows nearest to them, until that gains little."""
    total = float(weights @ row_lengths(rows) ** 2)
    labels, inertia = np.full(len(rows), -1), np.inf
    for _ in range(max(N_STEPS, ROW_STEPS // len(rows))):
        used, before, inertia_before = centres, labels, inertia
        labels, sums, sizes = _divide(rows, weights, used, over)
        means = sums / np.maximum(sizes, 1)[:, None]
        inertia = total - float((sizes * row_lengths(means) ** 2).sum())
        if (labels == before).all() or inertia_before - inertia < LEAST_GAIN * inertia:
            break
        centres = np.where(sizes[:, None] > 0, means, used).astype(np.float32)
    return Clusters(labels, used, inertia)


def _divide(
    rows: Rows, weights: np.ndarray, centres: np.ndarray, over: Map
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Nearest centre (M,) of each row, and the weighted sum (K, D) and weight (K,) of each."""
    n_clusters = len(centres)

    def divide(block: slice) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        x, weight = np.asarray(rows[block], dtype=np.float32), weights[block].astype(np.float32)
        nearest = nearest_centre(x, centres)
        membership = (weight, nearest, np.arange(len(x) + 1))  # one entry per column
        block_sums = csc_array(membership, shape=(n_clusters, len(x))) @ x
        return nearest, block_sums, np.bincount(nearest, weight, n_clusters)

    labels = np.empty(len(rows), dtype=np.int64)
    sums, sizes = np.zeros(centres.shape), np.zeros(n_clusters)
    blocks = list(row_blocks(len(rows), _BLOCK))
    for block, (nearest, block_sums, block_sizes) in zip(blocks, over(divide, blocks), strict=True):
        labels[block] = nearest
        sums += block_sums
        sizes += block_sizes
    return labels, sums, sizes
