"""Rows of embeddings: are they usable, how long, how similar, what is their mean.

Nothing here copies a whole array in another type, so rows may be memory-mapped; most take
`PickedRows` as well.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

import numpy as np

from explorer.core.lazy_rows import Rows, ScaledRows
from explorer.errors import BadDataError

LARGEST = 1e15
"""Beyond it squares leave float32, and k-means would answer NaN."""


Done = TypeVar("Done")


class Map(Protocol):
    """Does work on blocks of rows; gives the results in the order of the blocks, as `map` does."""

    def __call__(
        self, work: Callable[[slice], Done], blocks: Sequence[slice], /
    ) -> Iterator[Done]: ...


def row_blocks(n_rows: int, size: int = 8192) -> Iterator[slice]:
    """Yields slices of at most `size` rows that cover `n_rows` rows in order.

    Examples:
        >>> [(rows.start, rows.stop) for rows in row_blocks(5, size=2)]
        [(0, 2), (2, 4), (4, 5)]
    """
    for start in range(0, n_rows, size):
        yield slice(start, min(start + size, n_rows))


def check_rows(what: str, x: Rows) -> None:
    """Raises `BadDataError` unless x is (M, D) and all its numbers can be calculated with.

    Args:
        what: Names the rows in the message, such as "caption embeddings".
        x: (M, D) numbers, read block by block.
    """
    if x.ndim != 2 or x.shape[1] == 0:
        raise BadDataError(f"The {what} must be a table of numbers, got shape {x.shape}.")
    for rows in row_blocks(len(x)):
        largest = np.abs(x[rows]).max(axis=1)
        bad = np.flatnonzero(~(largest <= LARGEST))  # NaN is never "<=", so it is bad too
        if len(bad):
            raise BadDataError(
                f"The {what} must be finite numbers of at most {LARGEST:g}; row "
                f"{rows.start + bad[0]} is not."
            )


def check_paired(what: str, x: Rows, other_what: str, other: Rows) -> None:
    """Raises `BadDataError` unless both are usable rows of the same shape."""
    check_rows(what, x)
    check_rows(other_what, other)
    if x.shape != other.shape:
        raise BadDataError(
            f"The {what} {x.shape} and the {other_what} {other.shape} must have the same shape: "
            "one row of each per caption."
        )


def row_lengths(x: Rows) -> np.ndarray:
    """(M,) float64 Euclidean length of each row of x (M, D)."""
    lengths: np.ndarray = np.sqrt(_inner(x, x))
    return lengths


def unit_rows(x: Rows) -> np.ndarray:
    """(M, D) float32, the rows of x scaled to length 1; zero rows stay zero.

    Examples:
        >>> unit_rows(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist()
        [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    scaled = scale_to_unit(x)
    unit = np.empty(x.shape, dtype=np.float32)
    for rows in row_blocks(len(x)):
        unit[rows] = scaled[rows]
    return unit


def scale_to_unit(x: Rows) -> ScaledRows:
    """`unit_rows`, of which each row is made when it is looked at."""
    return ScaledRows(x, np.maximum(row_lengths(x), np.finfo(np.float32).tiny))


def cosine_rows(a: Rows, b: Rows) -> np.ndarray:
    """(M,) float32 cosine in [-1, 1] of each row of a with the same row of b; 0 for a zero row.

    Examples:
        >>> cosine_rows(np.array([[1.0, 0.0], [1.0, 1.0]]), np.array([[0.0, 2.0], [3.0, 3.0]]))
        array([0., 1.], dtype=float32)
    """
    lengths = row_lengths(a) * row_lengths(b)
    return (_inner(a, b) / np.where(lengths > 0, lengths, 1)).astype(np.float32)


def _inner(a: Rows, b: Rows) -> np.ndarray:
    """(M,) float64 inner product of each row of a with the same row of b."""
    products = np.empty(len(a))
    for rows in row_blocks(len(a)):
        products[rows] = np.einsum("md,md->m", a[rows], b[rows], dtype=np.float64)
    return products


def blend(a: np.ndarray, b: np.ndarray, share: float) -> np.ndarray:
    """(D,) float32 on the way from a to b: turns evenly from one to the other, as does its length.

    Args:
        a: (D,), where the share is 0.
        b: (D,), where it is 1.
        share: Of the way, in [0, 1].

    Returns:
        Spherical interpolation of the directions (Shoemake, 1985). Where those are opposite, or
        one side is zero, there is no such way, and the straight one is taken.

    Examples:
        >>> blend(np.array([1.0, 0.0]), np.array([0.0, 3.0]), 0.5).round(3)
        array([1.414, 1.414], dtype=float32)
    """
    lengths = np.linalg.norm(a), np.linalg.norm(b)
    straight = (1 - share) * a + share * b
    if min(lengths) == 0:
        return straight.astype(np.float32)
    angle = np.arccos(np.clip(a @ b / lengths[0] / lengths[1], -1, 1))
    if np.sin(angle) < 1e-6:  # one direction, or two opposite ones
        return straight.astype(np.float32)
    turned = np.sin((1 - share) * angle) * a / lengths[0] + np.sin(share * angle) * b / lengths[1]
    length = (1 - share) * lengths[0] + share * lengths[1]
    blended: np.ndarray = turned / np.sin(angle) * length
    return blended.astype(np.float32)


def nearest_centre(x: Rows, centres: np.ndarray) -> np.ndarray:
    """(M,) int64, the row of centres (K, D) nearest to each row of x (M, D); ties to the first."""
    origin = centres.mean(axis=0)
    shifted = centres - origin  # products of shorter vectors lose fewer digits
    offset = shifted @ origin + np.einsum("kd,kd->k", shifted, shifted) / 2
    nearest = np.empty(len(x), dtype=np.int64)
    for rows in row_blocks(len(x)):
        nearest[rows] = (x[rows] @ shifted.T - offset).argmax(axis=1)
    return nearest


def mean_rows(
    x: Rows, group: np.ndarray, n_groups: int, weights: np.ndarray | None = None
) -> np.ndarray:
    """(n_groups, D) float32, the mean of each group's rows; zeros for a group without rows.

    Args:
        x: (M, D).
        group: (M,) int below n_groups; a row of group -1 counts nowhere.
        n_groups: How many means come out.
        weights: (M,) how much each row counts, some of every group above 0; None for all alike.

    Examples:
        >>> mean_rows(np.array([[1.0], [3.0], [9.0]]), np.array([0, 0, -1]), 2).tolist()
        [[2.0], [0.0]]
    """
    means = np.zeros((n_groups, x.shape[1]), dtype=np.float32)
    for each, rows in rows_by_group(group, n_groups):
        means[each] = (
            x[rows].mean(axis=0, dtype=np.float64)
            if weights is None
            else np.average(x[rows], axis=0, weights=weights[rows].astype(np.float64))
        )
    return means


def rows_by_group(group: np.ndarray, n_groups: int) -> Iterator[tuple[int, np.ndarray]]:
    """The groups that have rows, each with the numbers of its rows; -1 is no group.

    Examples:
        >>> [(each, rows.tolist()) for each, rows in rows_by_group(np.array([2, 0, -1, 2]), 3)]
        [(0, [1]), (2, [0, 3])]
    """
    order = np.argsort(group, kind="stable")
    bounds = np.searchsorted(group[order], np.arange(n_groups + 1))
    for each in range(n_groups):
        if bounds[each] < bounds[each + 1]:
            yield each, order[bounds[each] : bounds[each + 1]]
