"""Embeddings like CLIP's without any image: as many as a benchmark needs, in seconds."""

import numpy as np

from explorer.core.geometry import row_blocks
from explorer.types import Embeddings

CAPTIONS_PER_IMAGE = 5
_TOPICS_PER_FIELD = 20
_FLATTEST_TOPIC = 10.0
"""Sizes of topics fall as 1 / (rank + this): a few are common, most are rare."""


def make_up_embeddings(
    n_images: int, dim: int = 768, n_topics: int = 2000, seed: int = 0
) -> Embeddings:
    """Images of topics whose sizes follow a power law, with five captions each.

    Topics come in fields, such as the sports, and topics of a field lie closer together. An image
    is its topic and a part of its own; a caption shares half of that part with its image and is
    shifted by a gap between the modalities. Dimensions have very different spreads and are
    mixed by a rotation, so that all are correlated, as those of real embeddings are.

    Args:
        n_images: N.
        dim: D.
        n_topics: More than there will be clusters, so that no clustering is the right one.
        seed: Of everything.

    Returns:
        N images and 5 N captions, of lengths around 8.
    """
    rng = np.random.default_rng(seed)
    spread = np.arange(1, dim + 1) ** -0.5
    mix = _rotation(dim, rng) * (4 * spread / np.linalg.norm(spread)) @ _rotation(dim, rng)
    mix = mix.astype(np.float32)
    fields = _normal(rng, n_topics // _TOPICS_PER_FIELD + 1, dim)
    topics = fields[rng.integers(len(fields), size=n_topics)] + _normal(rng, n_topics, dim)
    size = 1 / (np.arange(n_topics) + _FLATTEST_TOPIC)
    topic = rng.choice(n_topics, size=n_images, p=size / size.sum())
    gap = _normal(rng, 1, dim)
    image = np.empty((n_images, dim), dtype=np.float32)
    caption = np.empty((n_images, CAPTIONS_PER_IMAGE, dim), dtype=np.float32)
    for rows in row_blocks(n_images, size=1024):
        own = _normal(rng, rows.stop - rows.start, dim)
        image[rows] = (topics[topic[rows]] + own + gap) @ mix
        shared = (topics[topic[rows]] + 0.5 * own - gap) @ mix
        for number in range(CAPTIONS_PER_IMAGE):
            caption[rows, number] = shared + _normal(rng, len(own), dim) @ mix
    image_of_caption = np.repeat(np.arange(n_images), CAPTIONS_PER_IMAGE)
    return Embeddings(image, caption.reshape(-1, dim), image_of_caption)


def _normal(rng: np.random.Generator, n_rows: int, dim: int) -> np.ndarray:
    return rng.standard_normal((n_rows, dim), dtype=np.float32)


def _rotation(dim: int, rng: np.random.Generator) -> np.ndarray:
    return np.linalg.qr(_normal(rng, dim, dim))[0]
