"""Pairs image clusters with caption clusters."""

from typing import NamedTuple

import numpy as np

from explorer.errors import BadDataError


class Matching(NamedTuple):
    """A one-to-one pairing of K image clusters with K caption clusters."""

    caption_of_image: np.ndarray  # (K,) int64, caption cluster paired with image cluster k
    n_shared: np.ndarray  # (K,) int64, rows in both; 0 is possible


def shared_counts(
    image_labels: np.ndarray, caption_labels: np.ndarray, n_clusters: int
) -> np.ndarray:
    """(K, K) int64, how many rows each image cluster shares with each caption cluster.

    Args:
        image_labels: (M,) int below n_clusters, image cluster of each row; -1 counts nowhere.
        caption_labels: (M,) int below n_clusters, caption cluster of the same row, likewise.
        n_clusters: K, clusters per side. A cluster without rows has a row of zeros.

    Examples:
        >>> shared_counts(np.array([0, 0, 1, -1]), np.array([1, 1, 0, -1]), 2).tolist()
        [[0, 2], [1, 0]]
    """
    if image_labels.shape != caption_labels.shape:
        raise BadDataError(
            f"{len(image_labels)} image labels cannot be compared with {len(caption_labels)} "
            "caption labels; give one of each per row."
        )
    if max(image_labels.max(initial=-1), caption_labels.max(initial=-1)) >= n_clusters:
        raise BadDataError(f"A cluster label is not below the number of clusters, {n_clusters}.")
    counted = (image_labels >= 0) & (caption_labels >= 0)
    cells = image_labels[counted] * n_clusters + caption_labels[counted]
    return np.bincount(cells, minlength=n_clusters**2).reshape(n_clusters, n_clusters)


def match_clusters(
    image_labels: np.ndarray, caption_labels: np.ndarray, n_clusters: int
) -> Matching:
    """Pairs clusters one to one so that the pairs share as many rows as possible.

    Solves the assignment problem on the table of shared counts, O(K^3), as PDS does (arXiv
    2602.19756). A pair may share no row: n_shared is 0 there, and the caller decides what its
    prototype is. A cluster without rows takes part like any other.

    Args:
        image_labels: (M,) int below n_clusters; see `shared_counts`.
        caption_labels: (M,) int below n_clusters, likewise.
        n_clusters: K, clusters per side.

    Examples:
        >>> match_clusters(np.array([0, 0, 1]), np.array([1, 1, 0]), 2).caption_of_image
        array([1, 0])
    """
    from scipy.optimize import linear_sum_assignment  # the page imports core, but never matches

    shared_KK = shared_counts(image_labels, caption_labels, n_clusters)
    rows, columns = linear_sum_assignment(shared_KK, maximize=True)
    return Matching(caption_of_image=columns, n_shared=shared_KK[rows, columns])


def pairs_of_rows(
    image_labels: np.ndarray, caption_labels: np.ndarray, matching: Matching
) -> np.ndarray:
    """(M,) int64, the pair that holds a row on both sides, by its image cluster; -1 for none.

    Examples:
        >>> matching = Matching(caption_of_image=np.array([1, 0]), n_shared=np.array([1, 0]))
        >>> pairs_of_rows(np.array([0, 0]), np.array([1, 0]), matching)
        array([ 0, -1])
    """
    is_shared = matching.caption_of_image[image_labels] == caption_labels
    return np.where(is_shared, image_labels, -1)
