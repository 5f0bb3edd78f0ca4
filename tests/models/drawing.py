"""What the tests of decoders draw, and how they look at the images."""

import numpy as np

CAPTIONS = ["a red boat", "the sea and a tree", "x " * 60]
SEEDS = [7, 8, 9]


def pixels(images) -> np.ndarray:
    """(B, H, W, 3) int."""
    return np.stack([np.asarray(image, dtype=int) for image in images])
