"""Prototypes of images that belong to classes: clusters within each class."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from explorer.core.geometry import cosine_rows
from explorer.core.lazy_rows import Rows, pick
from explorer.core.pairs import n_kept
from explorer.core.prototypes import make_prototypes
from explorer.types import Prototypes

IGNORED = ("normalize", "pairless", "joint", "unique_captions")
"""Settings of prototypes that mean nothing where all captions of a cluster are the same."""


def prototypes_of_classes(
    image: Rows,
    caption: Rows,
    labels: np.ndarray,
    per_class: int,
    *,
    over_clusters: int = 1,
    **how: Any,
) -> Prototypes:
    """Finds prototypes of each class for itself, as `make_prototypes` does with `joint`.

    Args:
        image: (M, D) embeddings.
        caption: (M, D) embeddings, the same for all rows of a class.
        labels: (M,) int in [0, C); every class has a row.
        per_class: Of each class; fewer of a class with fewer different rows.
        over_clusters: As for `make_prototypes`, as far as a class has rows for it.
        how: Further arguments of `make_prototypes`, but those that are `IGNORED`.

    Returns:
        Prototypes by falling cosine, each with some rows; both its clusters have the same number.
    """
    drop_fraction, found = how.get("drop_fraction", 0.2), []
    for c in range(int(labels.max()) + 1):
        own = np.flatnonzero(labels == c)
        left = n_kept(len(own), drop_fraction)
        n = min(per_class, left)
        over = max(1, min(over_clusters, left // n))
        sides = pick(image, own), pick(caption, own)
        made = make_prototypes(
            *sides, n_prototypes=n, over_clusters=over, joint=1.0, pairless="drop", **how
        )
        found.append((own, made))
    return _together(found, len(labels))


def _together(found: Sequence[tuple[np.ndarray, Prototypes]], n_rows: int) -> Prototypes:
    """The prototypes of all classes, by the rows of each."""
    cluster, first, labels = np.full(n_rows, -1), 0, []
    for own, made in found:
        cluster[own] = np.where(made.image_cluster < 0, -1, made.image_cluster + first)
        labels.append(made.image_label + first)
        first += int(max(made.image_cluster.max(), made.image_label.max())) + 1
    image, caption, n_shared = (
        np.concatenate([getattr(made, name) for _, made in found])
        for name in ("image", "caption", "n_shared")
    )
    order = np.argsort(-cosine_rows(image, caption), kind="stable")
    label = np.concatenate(labels)[order]
    return Prototypes(
        image=image[order],
        caption=caption[order],
        n_shared=n_shared[order],
        image_cluster=cluster,
        caption_cluster=cluster,
        image_label=label,
        caption_label=label,
        kept=np.sort(np.concatenate([own[made.kept] for own, made in found])),
    )
