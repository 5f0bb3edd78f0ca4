"""Rows of every class, chosen by formulas; one row is one image."""

from collections.abc import Callable

import numpy as np

from explorer.core.clusters.kmeans import lloyd
from explorer.errors import ConfigError

Choose = Callable[[np.ndarray, int], np.ndarray]
"""Takes the (n, D) rows of one class and how many to choose; gives (k,) of their numbers."""


def rows_of_classes(labels: np.ndarray, n_classes: int, n: int) -> list[np.ndarray]:
    """The rows of each class; `ConfigError` where a class has fewer than n."""
    rows = [np.flatnonzero(labels == c) for c in range(n_classes)]
    if (least := min(map(len, rows))) < n:
        raise ConfigError(
            f"Cannot take {n:,} images of each class: the smallest class has {least:,}. Choose "
            "fewer per class."
        )
    return rows


def of_each_class(
    features: np.ndarray, labels: np.ndarray, n_classes: int, n: int, choose: Choose
) -> np.ndarray:
    """(C * n,) int64 rows, class by class.

    Args:
        features: (N, D), may be memory-mapped; converted to float32 class by class.
        labels: (N,) int in [0, n_classes).
        n_classes: C.
        n: Rows of each class, at most as many as the smallest class has.
        choose: Chooses among the rows of one class.
    """
    rows = rows_of_classes(labels, n_classes, n)
    return np.concatenate([own[choose(flat(features, own), n)] for own in rows])


def flat(features: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """(n, D) float32 of (N, ...) features."""
    return np.asarray(features[rows], dtype=np.float32).reshape(len(rows), -1)


def herd(rows: np.ndarray, n: int) -> np.ndarray:
    """Greedily keeps the mean of the chosen rows close to the mean of all (Welling, ICML 2009).

    Examples:
        >>> herd(np.array([[0.0], [1.0], [2.0], [6.0]]), 2)
        array([2, 1])
    """
    mean, total = rows.mean(axis=0), np.zeros(rows.shape[1], dtype=rows.dtype)
    left, chosen = np.ones(len(rows), dtype=bool), []
    for step in range(n):
        gap = ((total + rows) / (step + 1) - mean).astype(np.float64)
        chosen.append(int(np.where(left, (gap**2).sum(axis=1), np.inf).argmin()))
        total, left[chosen[-1]] = total + rows[chosen[-1]], False
    return np.array(chosen)


def farthest(rows: np.ndarray, n: int, first: int) -> np.ndarray:
    """Each row is the one farthest from those before (Gonzalez, 1985).

    Examples:
        >>> farthest(np.array([[0.0], [1.0], [7.0], [3.0]]), 3, first=1)
        array([1, 2, 3])
    """
    chosen, nearest = [first], np.full(len(rows), np.inf)
    for _ in range(n - 1):
        nearest = np.minimum(nearest, ((rows - rows[chosen[-1]]) ** 2).sum(axis=1))
        nearest[chosen[-1]] = -np.inf
        chosen.append(int(nearest.argmax()))
    return np.array(chosen)


def centres(rows: np.ndarray, n: int, seed: int) -> np.ndarray:
    """(n, D) centres of k-means; one is the mean."""
    if n == 1:
        mean: np.ndarray = rows.mean(axis=0, keepdims=True)
        return mean
    return lloyd(rows, np.ones(len(rows), dtype=np.float32), n, seed).centres


def nearest_to(points: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """(k,) the row nearest to each of (k, D) points; no row twice.

    Examples:
        >>> nearest_to(np.array([[0.9], [1.1]]), np.array([[0.0], [1.0], [5.0]]))
        array([1, 0])
    """
    left, chosen = np.ones(len(rows), dtype=bool), []
    for point in points:
        gap = ((rows - point) ** 2).sum(axis=1)
        chosen.append(int(np.where(left, gap, np.inf).argmin()))
        left[chosen[-1]] = False
    return np.array(chosen)


def most_often(n_times: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    """(n,) the rows of the largest (N, 1) numbers; equals in random order."""
    shuffled = rng.permutation(len(n_times))
    order = np.argsort(-n_times[shuffled].reshape(-1), kind="stable")
    chosen: np.ndarray = shuffled[order[:n]]
    return chosen
