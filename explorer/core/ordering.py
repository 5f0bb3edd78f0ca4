"""Rows in a line, so that those beside each other are alike."""

import numpy as np

MOST_IN_A_TREE = 2000
"""Rows that are joined to a tree; it takes memory by their square."""


def places_by_likeness(rows: np.ndarray) -> np.ndarray:
    """The place of each of rows (K, D) in a line where neighbours are alike, (K,) int.

    The leaves of Ward's tree (Ward, JASA 1963) from one side to the other. Where there are more
    than MOST_IN_A_TREE, by their projection on the direction in which they differ most.
    """
    n = len(rows)
    if n < 3:
        return np.arange(n)
    if n > MOST_IN_A_TREE:
        centred = rows - rows.mean(axis=0)
        main = np.linalg.svd(centred[:MOST_IN_A_TREE], full_matrices=False)[2][0]
        order = np.argsort(centred @ main, kind="stable")
    else:
        from scipy.cluster.hierarchy import leaves_list, linkage  # takes a while to import

        order = leaves_list(linkage(np.asarray(rows, dtype=np.float64), "ward"))
    places = np.empty(n, dtype=np.int64)
    places[order] = np.arange(n)
    return places
