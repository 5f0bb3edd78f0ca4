"""Images whose class their neighbours contradict: labels that are likely wrong."""

import numpy as np

NEIGHBOURS = 10
MOST_OWN = 0.1
"""Share of an image's neighbours that may be of its class."""
LEAST_OTHER = 0.7
"""Share of them that are of one other class."""


def contradicted(neighbour: np.ndarray, labels: np.ndarray, n_classes: int) -> np.ndarray:
    """The images among whose neighbours one other class prevails, the clearest first.

    Args:
        neighbour: (N, k) int, the images nearest to each, without itself, the nearest first.
        labels: (N,) int in [0, C).
        n_classes: C.

    Returns:
        (n,) int in [0, N).

    Examples:
        >>> contradicted(np.array([[1, 2], [0, 2], [0, 1]]), np.array([0, 0, 1]), 2)
        array([2])
    """
    n, k = neighbour.shape
    counts = np.zeros((n, n_classes), dtype=np.int64)
    np.add.at(counts, (np.repeat(np.arange(n), k), labels[neighbour].ravel()), 1)
    own = counts[np.arange(n), labels]
    counts[np.arange(n), labels] = 0
    other = counts.max(axis=1, initial=0)
    found = np.flatnonzero((own <= MOST_OWN * k) & (other >= LEAST_OTHER * k))
    clearest: np.ndarray = found[np.argsort((own - other)[found], kind="stable")]
    return clearest
