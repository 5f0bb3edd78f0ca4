"""Which image cluster was matched with which caption cluster, and what the others were."""

from typing import NamedTuple

import numpy as np

from explorer.core.clusters.match import shared_counts
from explorer.explore import points
from explorer.explore.dataset import Prepared

MOST = 4
"""Caption clusters that are named one by one."""


class Spread(NamedTuple):
    """How the rows of an image cluster spread over caption clusters, those with most rows first.

    Among them is the one that it was matched with, where it shares a row at all.
    """

    prototype: list[int]  # whose caption cluster
    n_rows: list[int]  # rows of the image cluster in it
    n_other: int  # its rows in all other caption clusters


def spread(prepared: Prepared, k: int) -> Spread:
    """How the rows of the image cluster of prototype k spread."""
    rows = prepared.prototype_of_caption == k
    owner = _owner(prepared)[rows]
    n_rows = np.bincount(owner[owner >= 0], minlength=prepared.n_prototypes)
    most = np.argsort(-n_rows, kind="stable")[:MOST]
    if k not in most:
        most = np.append(most[:-1], k)
    most = most[n_rows[most] > 0]
    n_other = int(rows.sum() - n_rows[most].sum())
    return Spread(most.tolist(), n_rows[most].tolist(), n_other)


def shared_rows(prepared: Prepared, k: int, other: int) -> np.ndarray:
    """Rows in the image cluster of prototype k and the caption cluster of another."""
    if not (0 <= k < prepared.n_prototypes and 0 <= other < prepared.n_prototypes):
        raise IndexError(k, other)
    is_in_image, is_in_caption = prepared.prototype_of_caption == k, _owner(prepared) == other
    return np.flatnonzero(is_in_image & is_in_caption)


def shared_table(prepared: Prepared) -> np.ndarray:
    """(K, K) int, rows in both the image cluster of a prototype and the caption cluster of one.

    Down its diagonal stands what was matched.
    """
    n = prepared.n_prototypes
    return shared_counts(prepared.prototype_of_caption, _owner(prepared), n)


def _owner(prepared: Prepared) -> np.ndarray:
    """(M,) int, the prototype whose caption cluster holds each row; -1 for none."""
    return points.owners(prepared, "caption")
