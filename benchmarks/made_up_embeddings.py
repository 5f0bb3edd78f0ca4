"""Embeddings like CLIP's without any picture: as many as a benchmark needs, in seconds."""

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
    """Pictures of topics whose sizes follow a power law, with five captions each.

    Topics come in fields, such as the sports, and topics of a field lie closer together. A picture
    is its topic and a part of its own; a caption shares half of that part with its picture and is
    shifted by a gap between the modalities. Dimensions have very different spreads and are
    mixed by a rotation, so that all are correlated, as those of real embeddings are.

    Args:
        n_images: N.
        dim: D.
        n_topics: More than there will be clusters, so that no clustering is the right one.
        seed: Of everything.

    Returns:
        N pictures and 5 N captions, lengths around 10.
    """
    rng = np.random.default_rng(seed)
    spread = np.arange(1, dim + 1) ** -0.5
    mix = _rotation(dim, rng) * spread / np.linalg.norm(spread) @ _rotation(dim, rng)
    fields = rng.normal(size=(n_topics // _TOPICS_PER_FIELD + 1, dim))
    topics = fields[rng.integers(len(fields), size=n_topics)] + rng.normal(size=(n_topics, dim))
    size = 1 / (np.arange(n_topics) + _FLATTEST_TOPIC)
    topic = rng.choice(n_topics, size=n_images, p=size / size.sum())
    gap = rng.normal(size=dim)
    n_captions = n_images * CAPTIONS_PER_IMAGE
    image = np.empty((n_images, dim), dtype=np.float32)
    caption = np.empty((n_captions, dim), dtype=np.float32)
    image_of_caption = np.repeat(np.arange(n_images), CAPTIONS_PER_IMAGE)
    for rows in row_blocks(n_images):
        own = rng.normal(size=(rows.stop - rows.start, dim))
        image[rows] = 4 * (topics[topic[rows]] + own + gap) @ mix
        captions = slice(rows.start * CAPTIONS_PER_IMAGE, rows.stop * CAPTIONS_PER_IMAGE)
        shared = (topics[topic[rows]] + 0.5 * own).repeat(CAPTIONS_PER_IMAGE, axis=0)
        caption[captions] = 4 * (shared + rng.normal(size=shared.shape) - gap) @ mix
    return Embeddings(image, caption, image_of_caption)


def _rotation(dim: int, rng: np.random.Generator) -> np.ndarray:
    return np.linalg.qr(rng.normal(size=(dim, dim)))[0]
