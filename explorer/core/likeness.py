"""How alike the pairs of two distilled sets are, and which belong beside each other."""

import numpy as np

from explorer.core.geometry import unit_rows


def likeness(
    image: np.ndarray, caption: np.ndarray, other_image: np.ndarray, other_caption: np.ndarray
) -> np.ndarray:
    """(K, L) float32, mean of the image and the caption cosine of every two prototypes.

    Args:
        image: (K, D) image prototypes of one set.
        caption: (K, D) its caption prototypes.
        other_image: (L, D) image prototypes of the other set, embedded by the same encoder.
        other_caption: (L, D) its caption prototypes.

    Examples:
        >>> x, y = np.array([[1.0, 0.0]]), np.array([[2.0, 0.0], [0.0, 1.0]])
        >>> likeness(x, x, y, np.array([[0.0, 1.0], [0.0, 1.0]])).tolist()
        [[0.5, 0.0]]
    """
    by_image = unit_rows(image) @ unit_rows(other_image).T
    by_caption = unit_rows(caption) @ unit_rows(other_caption).T
    mean: np.ndarray = (by_image + by_caption) / 2
    return mean


def best_partners(likeness: np.ndarray) -> np.ndarray:
    """(K,) int64, one partner for each row, no column twice, so that the sum is the highest.

    Args:
        likeness: (K, L). With more rows than columns the rows left over have -1.

    Examples:
        >>> best_partners(np.array([[0.9, 0.8], [0.9, 0.1], [0.0, 0.0]]))
        array([ 1,  0, -1])
    """
    from scipy.optimize import linear_sum_assignment  # late, as in match.py

    partners = np.full(len(likeness), -1)
    rows, columns = linear_sum_assignment(likeness, maximize=True)
    partners[rows] = columns
    return partners
