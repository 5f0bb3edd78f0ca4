"""Which image-caption pairs are worth clustering."""

import numpy as np

from explorer.core.geometry import check_paired, cosine_rows
from explorer.core.lazy_rows import Rows
from explorer.errors import ConfigError


def n_kept(n: int, drop_fraction: float) -> int:
    """How many of n rows are left when a share of them is left out.

    Examples:
        >>> n_kept(10, 0.25)
        8
    """
    return n - int(n * drop_fraction)


def most_similar(image: Rows, caption: Rows, drop_fraction: float) -> np.ndarray:
    """Leaves out the pairs whose image and caption are least similar, as the PDS reference does.

    Args:
        image: (M, D) image embedding of each caption.
        caption: (M, D) caption embeddings.
        drop_fraction: In [0, 1); int(M * drop_fraction) rows of lowest cosine go. Among equals
            the earlier row goes first.

    Returns:
        (M_kept,) int64 rows that stay, rising.

    Examples:
        >>> image = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
        >>> caption = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 9.0]])
        >>> most_similar(image, caption, drop_fraction=0.4)
        array([0, 2])
    """
    if not 0 <= drop_fraction < 1:
        raise ConfigError(f"drop_fraction must be in [0, 1), got {drop_fraction}.")
    check_paired("image embeddings", image, "caption embeddings", caption)
    n_dropped = len(image) - n_kept(len(image), drop_fraction)
    order = np.argsort(cosine_rows(image, caption), kind="stable")
    return np.sort(order[n_dropped:])
