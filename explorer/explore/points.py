"""What stands at the points of a map: whose they are, and the numbers to colour them by.

The points of a space are the N images ("image"), the M captions ("caption"), or the images
followed by the captions ("both").
"""

from typing import NamedTuple

import numpy as np

from explorer.errors import UnknownNameError
from explorer.explore.dataset import Prepared
from explorer.steps.prototypes import rename_clusters

VALUES = ("similarity", "kept", "size", "words")
CLASS = "class"
"""A value that only labelled data have."""


class Place(NamedTuple):
    """What one point is."""

    image: int
    caption: int | None  # None where the point is the image itself


def owners(prepared: Prepared, space: str) -> np.ndarray:
    """(n,) int, the prototype of each point; -1 where it belongs to none.

    An image belongs to the prototype that its image cluster became, a caption to the one that
    its caption cluster became. The two differ for rows that a prototype does not share.
    """
    if space == "both":
        return np.concatenate([owners(prepared, "image"), owners(prepared, "caption")])
    if space == "image":
        return prepared.prototype_of_image
    return rename_clusters(prepared.prototypes.caption_cluster, prepared.prototypes.caption_label)


def place(prepared: Prepared, space: str, i: int) -> Place:
    """What stands at point i; IndexError where there is no such point."""
    n_images = 0 if space == "caption" else prepared.n_images
    n_captions = 0 if space == "image" else prepared.n_captions
    if not 0 <= i < n_images + n_captions:
        raise IndexError(i)
    if i < n_images:
        return Place(i, None)
    return Place(int(prepared.image_of_caption[i - n_images]), i - n_images)


def values(prepared: Prepared, space: str, name: str) -> np.ndarray:
    """(n,) float32, a number for each point; NaN where it has none.

    Args:
        prepared: Where the points are.
        space: Which points.
        name: "similarity", cosine of caption and image, of an image the mean over its
            captions; "kept", 1 where the filter kept the row, or any row of the image, else 0;
            "size", rows in the cluster that became the point's prototype; "words", how long the
            caption is, of an image the mean over its captions; "class", of labelled data, in
            [0, C).
    """
    if name not in (*VALUES, CLASS):
        raise UnknownNameError(f"No values {name!r}. Choose one of: {', '.join(VALUES)}.")
    if space == "both":
        return np.concatenate([values(prepared, each, name) for each in ("image", "caption")])
    if name == "size":
        return _sizes(prepared, space).astype(np.float32)
    if name == CLASS:
        return _classes(prepared, space).astype(np.float32)
    rows = {
        "similarity": lambda: prepared.similarity,
        "kept": lambda: prepared.is_kept,
        "words": lambda: prepared.n_words,
    }[name]()
    if space == "image":
        mean = _mean_of_captions(prepared, rows)
        rows = mean > 0 if name == "kept" else mean
    return rows.astype(np.float32)


def first_captions(prepared: Prepared) -> np.ndarray:
    """(N + 1,) int, where the captions of each image begin, and M; captions stand in order."""
    return np.searchsorted(prepared.image_of_caption, np.arange(prepared.n_images + 1))


def _mean_of_captions(prepared: Prepared, rows: np.ndarray) -> np.ndarray:
    """(N,) the mean of a number per caption; NaN for an image without captions."""
    image_of, n = prepared.image_of_caption, prepared.n_images
    count = np.bincount(image_of, minlength=n)
    total = np.bincount(image_of, weights=rows, minlength=n)
    mean = np.full(n, np.nan)
    np.divide(total, count, out=mean, where=count > 0)
    return mean


def n_rows(prepared: Prepared, space: str) -> np.ndarray:
    """(K,) int, rows in the "image" or "caption" cluster that each prototype came from."""
    prototypes = prepared.prototypes
    cluster, label = (
        (prototypes.image_cluster, prototypes.image_label)
        if space == "image"
        else (prototypes.caption_cluster, prototypes.caption_label)
    )
    sizes: np.ndarray = np.bincount(cluster[cluster >= 0], minlength=label.max() + 1)
    of_each: np.ndarray = sizes[label]
    return of_each


def _sizes(prepared: Prepared, space: str) -> np.ndarray:
    """(n,) rows in the cluster of the space's modality that became the prototype of each point."""
    rows = np.append(n_rows(prepared, space), np.nan)  # -1 reads the last entry
    of_each: np.ndarray = rows[owners(prepared, space)]
    return of_each


def _classes(prepared: Prepared, space: str) -> np.ndarray:
    """(n,) int, the class of the image of each point."""
    labels: np.ndarray = prepared.dataset.labelled().labels[prepared.image_number]
    return labels if space == "image" else labels[prepared.image_of_caption]
