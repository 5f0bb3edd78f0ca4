"""Real pairs chosen as a baseline for distilled ones."""

import numpy as np

from explorer.errors import ConfigError


def random_pairs(image_of_caption: np.ndarray, n_pairs: int, seed: int) -> np.ndarray:
    """Draws captions at random, each of another picture as long as there is one left.

    With more pairs than pictures every picture is drawn once before any is drawn twice, and so
    on. Every picture is equally likely, and every caption of a picture.

    Args:
        image_of_caption: (M,) int, the picture that each caption describes.
        n_pairs: K, from 1 to M.
        seed: The same seed draws the same captions.

    Returns:
        (K,) int64 captions, rows of `image_of_caption`, in random order.
    """
    n_captions = len(image_of_caption)
    if not 1 <= n_pairs <= n_captions:
        raise ConfigError(
            f"Cannot draw {n_pairs} pairs from {n_captions} captions; ask for 1 to {n_captions}."
        )
    rng = np.random.default_rng(seed)
    _, image = np.unique(image_of_caption, return_inverse=True)
    shuffled = rng.permutation(n_captions)
    grouped = shuffled[np.argsort(image[shuffled], kind="stable")]
    n_of_image = np.bincount(image)
    first = np.cumsum(n_of_image) - n_of_image
    turn = np.arange(n_captions) - first[image[grouped]]  # 0 for a picture's first caption
    turn_of_image = rng.permutation(len(n_of_image))
    return grouped[np.lexsort((turn_of_image[image[grouped]], turn))[:n_pairs]]
