"""What is said of a set beside its score: gains with intervals, robust scores, coverage, copies."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from explorer.core.coverage import nearest_to, reach
from explorer.core.geometry import row_blocks, unit_rows

COPY = 0.05
"""An image is as near as copies are where this share of train has another one as near."""


class Gap(NamedTuple):
    """How far one group of scores is above another, of scores that are independent."""

    mean: float
    half: float | None  # half of the 95 % interval by Welch; None where a group has one score
    p: float | None  # that they differ by chance, two-sided


def gap(first: Sequence[float], second: Sequence[float]) -> Gap:
    """The difference of the means of two groups."""
    difference = float(np.mean(first) - np.mean(second))
    if min(len(first), len(second)) < 2:
        return Gap(difference, None, None)
    from scipy.stats import ttest_ind  # late: half a second to import

    if np.std(first) == np.std(second) == 0:
        return Gap(difference, 0.0, 1.0 if difference == 0 else 0.0)
    found = ttest_ind(first, second, equal_var=False)
    low, high = found.confidence_interval(0.95)
    return Gap(difference, float(high - low) / 2, float(found.pvalue))


def paired_p(leads: Sequence[float]) -> float | None:
    """That paired differences are chance, two-sided, by Student; None of fewer than two.

    Examples:
        >>> round(paired_p([1.0, 2.0, 3.0]), 4), paired_p([0.0, 0.0]), paired_p([1.0])
        (0.0742, 1.0, None)
    """
    if len(leads) < 2:
        return None
    if np.std(leads) == 0:
        return 1.0 if leads[0] == 0 else 0.0
    from scipy.stats import ttest_1samp  # late: half a second to import

    return float(ttest_1samp(leads, 0).pvalue)


def holm(p: Sequence[float]) -> list[float]:
    """The p-values after Holm's correction for their number, in their order.

    Examples:
        >>> holm([0.01, 0.04, 0.03])
        [0.03, 0.06, 0.06]
    """
    corrected, least = [0.0] * len(p), 0.0
    for place, which in enumerate(np.argsort(p, kind="stable")):
        least = max(least, min(1.0, (len(p) - place) * p[which]))
        corrected[which] = least
    return corrected


def label_robust(improvement: float, recovery: float) -> float:
    """The label-robust score of DD-Ranking, in [0, 1]; 0.269 where gain and loss are equal.

    Args:
        improvement: Over random sets of the same size, of scores in [0, 1].
        recovery: How far the set, with hard labels, is from all data.

    Examples:
        >>> round(label_robust(0.0, 0.0), 3), label_robust(2.0, 0.0)
        (0.269, 1.0)
    """
    return _robust((improvement - recovery) / 2)


def augmentation_robust(plain: float, augmented: float) -> float:
    """The augmentation-robust score of DD-Ranking, in [0, 1]; 0.269 where nothing is gained.

    Both are improvements over random sets of the same size, of scores in [0, 1]: by students of the
    images as they are, and of augmented ones.

    Examples:
        >>> round(augmentation_robust(0.0, 0.0), 3), augmentation_robust(1.0, 1.0)
        (0.269, 1.0)
    """
    return _robust((plain + augmented) / 2)


def _robust(share: float) -> float:
    return (math.exp(share) - math.exp(-1)) / (math.e - math.exp(-1))


class Spread(NamedTuple):
    """How a set lies among the data."""

    covered: float  # share of the rows that have one of the set's nearer than is usual for rows
    covered_rare: float  # likewise of the tenth whose nearest rows are furthest
    n_copies: int  # rows of the set nearer to a row than 19 of 20 rows are to each other


def to_nearest_others(data: np.ndarray) -> np.ndarray:
    """(N,) distance of each row of (N, D) to its nearest other; N is at least 2."""
    rows = unit_rows(data)
    nearest = np.empty(len(rows), dtype=np.float32)
    for block in row_blocks(len(rows)):
        cosines = rows[block] @ rows.T
        places = np.arange(len(cosines))
        cosines[places, block.start + places] = -2  # itself
        nearest[block] = 1 - cosines.max(axis=1)
    return nearest


def spread(data: np.ndarray, made: np.ndarray, to_others: np.ndarray) -> Spread:
    """Coverage of the data by a set, and copies in it.

    Distances are 1 - cosine; what is usual is the median distance of a row to its nearest other.

    Args:
        data: (N, D) embeddings of real images.
        made: (K, D) embeddings of the images of a set.
        to_others: (N,) as `to_nearest_others` has them, for all sets.
    """
    found = reach(unit_rows(data), unit_rows(made), to_others)
    return Spread(found.covered, found.covered_rare, n_close(made, data, to_others))


def n_close(made: np.ndarray, rows: np.ndarray, to_others: np.ndarray) -> int:
    """How many of (K, D) `made` are nearer to one of (n, D) `rows` than 19 of 20 of the data are.

    `to_others` is as in `spread`, of the data, whether or not the rows are of it.
    """
    _, nearest = nearest_to(rows, made)
    return int((nearest < np.quantile(to_others, COPY)).sum())
