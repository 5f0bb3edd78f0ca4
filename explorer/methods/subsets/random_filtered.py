"""Real pairs at random, after the filter of PDS: what the filter alone is worth."""

import numpy as np

from explorer.core.coresets import random_pairs
from explorer.methods.subsets.choosing import FilteredSettings, choosing, kept_rows
from explorer.steps.embeddings import Embedded


def pairs(e: Embedded, size: int, settings: FilteredSettings) -> np.ndarray:
    """Captions of different images, at random among those that are similar enough."""
    kept = kept_rows(e, settings)
    rows: np.ndarray = kept[random_pairs(e.image_of_caption[kept], size, settings.seed)]
    return rows


METHOD = choosing(
    name="random-filtered",
    label="Random real pairs, filtered",
    about="Real pairs at random, without the least similar ones that PDS leaves out, too.",
    config=FilteredSettings,
    pairs=pairs,
)
