"""Rows in a line, so that those beside each other are alike, or near."""

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


def along_curve(position: np.ndarray) -> np.ndarray:
    """The order of points (n, 2) along a Z-order curve, (n,) int: near points follow each other.

    Each axis counts in 65,536 steps (Morton, 1966).

    Examples:
        >>> along_curve(np.array([[0.0, 0], [9, 9], [0, 1], [9, 8]])).tolist()
        [0, 2, 3, 1]
    """
    low, high = position.min(axis=0, initial=np.inf), position.max(axis=0, initial=-np.inf)
    share = (position - low) / np.where(high > low, high - low, 1)
    steps = np.minimum(share * 2**16, 2**16 - 1).astype(np.uint32)
    code: np.ndarray = _spread_bits(steps[:, 0]) | _spread_bits(steps[:, 1]) << np.uint32(1)
    order: np.ndarray = np.argsort(code, kind="stable")
    return order


def _spread_bits(values: np.ndarray) -> np.ndarray:
    """(n,) uint32 whose even bits are the 16 of `values`."""
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        values = (values | values << np.uint32(shift)) & np.uint32(mask)
    return values
