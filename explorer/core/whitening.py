"""ZCA whitening of rows, from their second moments."""

from typing import NamedTuple

import numpy as np

EPSILON = 0.1
"""Added to the variances, or, times their mean, where whitening is regularised."""


class Zca(NamedTuple):
    """Rows x become (x - mean) @ transform; `inverse` undoes it. D values a row."""

    mean: np.ndarray  # (D,) float32
    transform: np.ndarray  # (D, D) float32, symmetric
    inverse: np.ndarray  # (D, D) float32, symmetric


def second_moments(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sums (D,) and sums of products (D, D) of (n, D) uint8 rows, as float64 levels in [0, 1]."""
    levels = rows.astype(np.float32) / 255
    return levels.sum(axis=0, dtype=np.float64), (levels.T @ levels).astype(np.float64)


def whitening_of(n: int, total: np.ndarray, products: np.ndarray, is_regularised: bool) -> Zca:
    """The whitening of n rows, n of at least 2.

    After kornia's `zca_mean` with eps 0.1; regularised as `get_zca_matrix` of yolky/RFAD, which
    takes no mean away and adds a tenth of the mean variance.

    Args:
        n: Rows.
        total: (D,) their sum.
        products: (D, D) the sum of their products.
        is_regularised: Which of both.
    """
    if is_regularised:
        mean, covariance = np.zeros_like(total), products / n
        added = EPSILON * covariance.trace() / len(total)
    else:
        mean = total / n
        covariance = (products - n * np.outer(mean, mean)) / (n - 1)
        added = EPSILON
    variances, axes = np.linalg.eigh(covariance)
    roots = np.sqrt(np.maximum(variances, 0) + added)
    transform, inverse = (axes / roots) @ axes.T, (axes * roots) @ axes.T
    return Zca(*(each.astype(np.float32) for each in (mean, transform, inverse)))
