"""Divides rows into clusters by k-means."""

import numpy as np

from explorer.core.geometry import Map, check_rows, row_blocks
from explorer.core.lazy_rows import Rows, pick
from explorer.errors import ConfigError


def cluster_rows(
    x: Rows,
    n_clusters: int,
    *,
    method: str = "kmeans",
    seed: int,
    over: Map = map,
    start: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Divides rows into n_clusters clusters of low inertia (sum of squared distances).

    Fewer distinct rows than clusters leave clusters without rows; equal rows always share one.

    Args:
        x: (M, D) rows, M at least n_clusters. Only "minibatch" copies them.
        n_clusters: K.
        method: "kmeans" is Lloyd's algorithm from k-means++ starts, see `kmeans`; "minibatch" is
            what the PDS reference runs, with its 20 trial starts and batches of 10,000.
        seed: Of the start; the same seed gives the same clusters.
        over: Works on blocks of all rows; a run may hand in its engine's.
        start: (K, D) float32 centres to begin with; None to look for some.

    Returns:
        (M,) int64 cluster of each row and (K, D) float32 centres. With "kmeans" each row's centre
        is the nearest one; of many rows a few would still move, so that centres are the means of
        their rows up to a little. A centre of "minibatch" is a running average.

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
    if start is not None:
        check_rows("centres to start from", start)
        if start.shape != (n_clusters, x.shape[1]):
            raise ConfigError(
                f"{n_clusters} clusters of {x.shape[1]} numbers cannot start from {start.shape}."
            )
    labels, centres = _METHODS[method](x, n_clusters, seed, over, start)
    return labels.astype(np.int64), centres.astype(np.float32)


_Start = np.ndarray | None


def _minibatch(
    x: Rows, n_clusters: int, seed: int, over: Map, start: _Start
) -> tuple[np.ndarray, np.ndarray]:
    from sklearn.cluster import MiniBatchKMeans  # a second to import, and the page never clusters

    init, n_init = ("k-means++", 20) if start is None else (start, 1)
    model = MiniBatchKMeans(
        n_clusters, init=init, n_init=n_init, random_state=seed, batch_size=10_000
    )
    model.fit(np.asarray(x[:], dtype=np.float32))
    return model.labels_, model.cluster_centers_


def _kmeans(
    x: Rows, n_clusters: int, seed: int, over: Map, start: _Start
) -> tuple[np.ndarray, np.ndarray]:
    from explorer.core.clusters.kmeans import lloyd  # late as well

    # An image stands once per caption, one after the other: a run of equal rows is clustered as
    # one row with its length as weight, which gives the same clusters in a fraction of the time.
    starts = _run_starts(x)
    if len(starts) < n_clusters:
        starts = np.arange(len(x))
    weights = np.diff(np.append(starts, len(x)))
    distinct = pick(x, starts) if len(starts) < len(x) else x
    found = lloyd(distinct, weights, n_clusters, seed, over, start)
    return np.repeat(found.labels, weights), found.centres


def _run_starts(x: Rows) -> np.ndarray:
    """(R,) int64, the rows that differ from the row before them; row 0 is the first."""
    starts = [np.zeros(1, dtype=np.int64)]
    for block in row_blocks(len(x) - 1):
        rows = x[block.start : block.stop + 1]
        starts.append(np.flatnonzero((rows[1:] != rows[:-1]).any(axis=1)) + block.start + 1)
    return np.concatenate(starts)


_METHODS = {"kmeans": _kmeans, "minibatch": _minibatch}
