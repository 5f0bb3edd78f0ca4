"""What becomes of clusters that were paired without sharing a row."""

from typing import NamedTuple

import numpy as np

from explorer.core.clusters.cluster import cluster_rows
from explorer.core.clusters.match import Matching, pairs_of_rows
from explorer.core.geometry import nearest_centre, unit_rows
from explorer.core.lazy_rows import Rows


class Side(NamedTuple):
    """One modality of the kept rows, clustered."""

    rows: Rows  # (M_kept, D) embeddings as they came
    labels: np.ndarray  # (M_kept,) int64 in [0, K)
    centres: np.ndarray  # (K, D) float32, where a prototype without a shared row stands


def refill(image: Side, caption: Side, matching: Matching, seed: int) -> tuple[Side, Side]:
    """Gives the numbers of clusters paired without a shared row to halves of the largest pairs."""
    pairless = np.flatnonzero(matching.n_shared == 0)
    image_labels = _take_apart(image, pairless)
    caption_labels = _take_apart(caption, matching.caption_of_image[pairless])
    for label in pairless:
        pair_of_row = pairs_of_rows(image_labels, caption_labels, matching)
        largest = np.bincount(pair_of_row[pair_of_row >= 0]).argmax()
        rows = np.flatnonzero(pair_of_row == largest)
        if len(rows) > 1:
            part = smaller_half(image.rows[rows], caption.rows[rows], rows, seed)
        else:
            part = np.flatnonzero(pair_of_row == -1)[:1]
        image_labels[part] = label
        caption_labels[part] = matching.caption_of_image[label]
    return image._replace(labels=image_labels), caption._replace(labels=caption_labels)


def _take_apart(side: Side, gone: np.ndarray) -> np.ndarray:
    """(M_kept,) int64 labels in which the rows of the clusters `gone` joined the nearest other."""
    labels = side.labels.copy()
    staying = np.setdiff1d(np.arange(len(side.centres)), gone)
    rows = np.flatnonzero(np.isin(labels, gone))
    labels[rows] = staying[nearest_centre(side.rows[rows], side.centres[staying])]
    return labels


def smaller_half(image: np.ndarray, caption: np.ndarray, rows: np.ndarray, seed: int) -> np.ndarray:
    """Divides at least two rows by 2-means on both sides at length 1, and returns the fewer."""
    labels, _ = cluster_rows(np.hstack([unit_rows(image), unit_rows(caption)]), 2, seed=seed)
    half = rows[labels == np.bincount(labels, minlength=2).argmin()]
    return half if len(half) else rows[: len(rows) // 2]  # equal rows cannot be told apart
