"""Divides rows into clusters by k-means."""

import numpy as np

from explorer.core.geometry import check_rows, row_blocks
from explorer.errors import ConfigError

ROWS_PER_CLUSTER = 64
"""Lloyd's algorithm starts from clusters of a sample of this many rows per cluster."""
N_STARTS = 4
"""The best of so many k-means++ starts; with one, few clusters often get stuck 4 % too wide."""


def cluster_rows(
    x: np.ndarray, n_clusters: int, *, method: str = "kmeans", seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Divides rows into n_clusters clusters of low inertia (sum of squared distances).

    Fewer distinct rows than clusters leave clusters without rows; equal rows always share one.

    Args:
        x: (M, D) rows, M at least n_clusters.
        n_clusters: K.
        method: "kmeans" is Lloyd's algorithm from the best of 4 k-means++ starts; "minibatch" is
            what the PDS reference runs, with its 20 trial starts and batches of 10,000.
        seed: Of the start; the same seed gives the same clusters.

    Returns:
        (M,) int64 cluster of each row and (K, D) float32 centres. A centre of "minibatch" is a
        running average, not quite the mean of its rows.

    Examples:
        >>> labels, centres = cluster_rows(np.array([[0.0], [1.0], [8.0]]), 2, seed=0)
        >>> bool(labels[0] == labels[1] != labels[2]), sorted(centres[:, 0].tolist())
        (True, [0.5, 8.0])
    """
    check_rows("rows to cluster", x)
    if not 1 <= n_clusters <= len(x):
        raise ConfigError(
            f"Cannot divide {len(x)} rows into {n_clusters} clusters; ask for 1 to {len(x)}."
        )
    if method not in _METHODS:
        raise ConfigError(f"The method must be one of {', '.join(_METHODS)}, got {method!r}.")
    rows = np.asarray(x, dtype=np.float32)
    labels, centres = _METHODS[method](rows, n_clusters, seed)
    return labels.astype(np.int64), centres.astype(np.float32)


def nearest_centre(x: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """(M,) int64, the row of centres (K, D) nearest to each row of x (M, D); ties to the first."""
    half_squares = np.einsum("kd,kd->k", centres, centres) / 2
    nearest = np.empty(len(x), dtype=np.int64)
    for rows in row_blocks(len(x)):
        nearest[rows] = (x[rows] @ centres.T - half_squares).argmax(axis=1)
    return nearest


def _minibatch(rows: np.ndarray, n_clusters: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    from sklearn.cluster import MiniBatchKMeans  # a second to import, and the page never clusters

    model = MiniBatchKMeans(n_clusters, random_state=seed, batch_size=10_000, n_init=20)
    model.fit(rows)
    return model.labels_, model.cluster_centers_


def _kmeans(rows: np.ndarray, n_clusters: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    from sklearn.cluster import KMeans

    # An image stands once per caption, one after the other: a run of equal rows is clustered as
    # one row with its length as weight, which gives the same clusters in a fraction of the time.
    starts = _run_starts(rows)
    if len(starts) < n_clusters:
        starts = np.arange(len(rows))
    weights = np.diff(np.append(starts, len(rows)))
    distinct = rows[starts]

    chosen = np.arange(len(distinct))
    n_sample = ROWS_PER_CLUSTER * n_clusters
    if len(distinct) > n_sample:
        chosen = np.random.default_rng(seed).choice(len(distinct), n_sample, replace=False)
    sketch = KMeans(n_clusters, n_init=N_STARTS, random_state=seed)
    sketch.fit(distinct[chosen], sample_weight=weights[chosen])
    start = sketch.cluster_centers_
    model = KMeans(n_clusters, init=start, n_init=1, random_state=seed, copy_x=False)
    model.fit(distinct, sample_weight=weights)
    return np.repeat(model.labels_, weights), model.cluster_centers_


def _run_starts(rows: np.ndarray) -> np.ndarray:
    """(R,) int64, the rows that differ from the row before them; row 0 is the first."""
    starts = [np.zeros(1, dtype=np.int64)]
    for block in row_blocks(len(rows) - 1):
        after = slice(block.start + 1, block.stop + 1)
        starts.append(np.flatnonzero((rows[after] != rows[block]).any(axis=1)) + after.start)
    return np.concatenate(starts)


_METHODS = {"kmeans": _kmeans, "minibatch": _minibatch}
