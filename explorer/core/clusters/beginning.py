"""Where clustering may start: at the clusters of earlier prototypes, which then moved so far."""

import numpy as np

from explorer.core.clusters.joint import joint_rows
from explorer.core.geometry import cosine_rows, mean_rows, unit_rows
from explorer.core.lazy_rows import Rows, pick
from explorer.types import Prototypes

Start = tuple[np.ndarray, np.ndarray]
"""(K, D) centres of each side; the same where both are clustered as one."""


def every_cluster_has_rows(made: Prototypes, n_clusters: int) -> bool:
    """Whether each of so many clusters has rows on both sides."""
    sides = made.image_cluster[made.kept], made.caption_cluster[made.kept]
    return all(np.bincount(own, minlength=n_clusters).min() > 0 for own in sides)


def centres_of(
    image: Rows, caption: Rows, made: Prototypes, *, n_clusters: int, normalize: bool, joint: float
) -> Start:
    """Where the clusters of prototypes lie, among the rows as they were clustered.

    Args:
        image: (M, D), which the prototypes were made of.
        caption: (M, D), likewise.
        made: What `make_prototypes` found, where `every_cluster_has_rows`.
        n_clusters: How many clusters it looked for.
        normalize: As it was asked for.
        joint: Likewise.

    Returns:
        The means of the rows of each.
    """
    rows = pick(image, made.kept), pick(caption, made.kept)
    labels = made.image_cluster[made.kept], made.caption_cluster[made.kept]
    if joint:
        both = mean_rows(joint_rows(*rows, joint), labels[0], n_clusters)
        return both, both
    first, second = (
        mean_rows(unit_rows(own) if normalize else own, label, n_clusters)
        for own, label in zip(rows, labels, strict=True)
    )
    return first, second


def moved(before: Prototypes, after: Prototypes) -> np.ndarray:
    """(K,) degrees between each prototype and what it was; of both sides the more.

    Prototypes of the same image cluster are the same, as clusters keep their number from the start;
    NaN where there was none.
    """
    place = {int(label): row for row, label in enumerate(before.image_label)}
    found = np.array([place.get(int(label), -1) for label in after.image_label])
    was = np.maximum(found, 0)
    cosine = np.minimum(
        cosine_rows(before.image[was], after.image),
        cosine_rows(before.caption[was], after.caption),
    )
    angle = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
    return np.where(found >= 0, angle, np.nan)
