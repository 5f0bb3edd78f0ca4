"""Prototypes of both sides clustered as one, after QQCodes/CPA, a fork of the code of PDS."""

import numpy as np

from explorer.core.class_coresets import farthest
from explorer.core.geometry import cosine_rows, rows_by_group, unit_rows
from explorer.core.lazy_rows import Rows

_LEAST_SHARE = 0.85
"""Of the median similarity of a cluster: rows below do not count."""
_FEW = 4
"""A cluster of fewer rows counts them all."""


def joint_rows(image: Rows, caption: Rows, share: float) -> np.ndarray:
    """(M, D) unit rows between both sides: `share` of each image and the rest of its caption.

    Examples:
        >>> joint_rows(np.array([[2.0, 0.0]]), np.array([[0.0, 5.0]]), 0.6).round(2).tolist()
        [[0.8299999833106995, 0.550000011920929]]
    """
    return unit_rows(share * unit_rows(image) + (1 - share) * unit_rows(caption))


def fit_weights(image: Rows, caption: Rows, group: np.ndarray, n_groups: int) -> np.ndarray:
    """How much each row counts in the mean of its group: the cosine of its two sides.

    Rows of less than 0.85 of the median of a group of four or more count nothing, where at least
    two are left; all count the same where no cosine is above 0.

    Args:
        image: (M, D).
        caption: (M, D).
        group: (M,) int below n_groups; -1 for none.
        n_groups: How many.

    Returns:
        (M,) float32, 0 or more, and 0 for rows of no group; of each group with rows some are above.
    """
    fit = np.maximum(cosine_rows(image, caption), 0)
    weight = np.zeros(len(fit), dtype=np.float32)
    for _, rows in rows_by_group(group, n_groups):
        own = fit[rows]
        is_near = own >= _LEAST_SHARE * np.median(own) if len(rows) >= _FEW else own >= 0
        if is_near.sum() < 2:
            is_near[:] = True
        own = np.where(is_near, own, 0)
        weight[rows] = own if own.any() else 1
    return weight


def farthest_first(image: np.ndarray, caption: np.ndarray, n: int) -> np.ndarray:
    """Those furthest from each other: first the one nearest to the mean, then always the farthest.

    Args:
        image: (K, D).
        caption: (K, D); a row is its image beside its caption, both of length 1.
        n: How many, at most K.

    Returns:
        (n,) int64 rows, in the order in which they were chosen.
    """
    rows = np.hstack([unit_rows(image), unit_rows(caption)])
    first = int(np.linalg.norm(rows - rows.mean(axis=0), axis=1).argmin())
    return farthest(rows, n, first)
