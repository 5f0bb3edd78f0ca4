"""K-center, greedily (Sener and Savarese, ICLR 2018)."""

import numpy as np

from explorer.core.class_coresets import Choose, farthest
from explorer.core.coresets import k_center
from explorer.methods.base import SeedSettings
from explorer.methods.subsets.choosing import choosing
from explorer.steps.embeddings import Embedded


def pairs(e: Embedded, size: int, settings: SeedSettings) -> np.ndarray:
    """Captions of pairs far from each other, each the farthest from those before."""
    return k_center(e.image, e.caption, e.image_of_caption, size, settings.seed)


def images(settings: SeedSettings) -> Choose:
    """Chooses images of a class likewise, beginning with one at random."""
    rng = np.random.default_rng(settings.seed)
    return lambda rows, n: farthest(rows, n, int(rng.integers(len(rows))))


METHOD = choosing(
    name="k-center",
    label="K-center",
    about="Real pairs, or images of each class, that are far from each other.",
    paper="Sener and Savarese, ICLR 2018",
    config=SeedSettings,
    pairs=pairs,
    images=images,
)
