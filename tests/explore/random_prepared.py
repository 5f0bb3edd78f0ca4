"""Prepared data of random embeddings, without a store."""

from types import SimpleNamespace

import numpy as np

from explorer.config import MapConfig
from explorer.core.prototypes import nearest_captions
from explorer.explore.dataset import Prepared
from explorer.explore.view import View
from explorer.steps.embeddings import Embedded, FoundPrototypes
from explorer.store.ragged import Blobs, Texts, pack, pack_texts
from explorer.store.store import Store
from explorer.types import Prototypes


def make_prepared(n_images: int, n_prototypes: int, dim: int = 8, captions_each: int = 2):
    """Random embeddings around topics, which are the clusters; every seventh row is dropped."""
    rng = np.random.default_rng(0)
    topic = rng.integers(n_prototypes, size=n_images)
    centres = (rng.normal(size=(n_prototypes, dim)) * 3).astype(np.float32)
    image = centres[topic] + rng.normal(size=(n_images, dim)).astype(np.float32)
    image_of_caption = np.repeat(np.arange(n_images), captions_each)
    noise = rng.normal(size=(len(image_of_caption), dim))
    caption = (image[image_of_caption] + noise).astype(np.float32)
    embedded = Embedded(
        key="e",
        image=image,
        caption=caption,
        image_of_caption=image_of_caption,
        captions=Texts(*pack_texts(f"caption {m}" for m in image_of_caption)),
        names=Texts(*pack_texts(str(i) for i in range(n_images))),
        thumbnails=Blobs(*pack(bytes([i % 256]) for i in range(n_images))),
        number=np.arange(n_images),
        skipped=[],
    )
    made = make_prototypes(centres, topic[image_of_caption], rng)
    chosen = nearest_captions(made.caption, caption)
    words, number = [["a", "b"]] * n_prototypes, np.arange(n_prototypes)
    found = FoundPrototypes("p", made, chosen, words, number, n_prototypes, {})
    config = View(n_prototypes=n_prototypes)
    dataset = SimpleNamespace(is_labelled=False)
    return Prepared(Store("nowhere"), config, MapConfig(), dataset, embedded, found)


def make_prototypes(centres: np.ndarray, topic: np.ndarray, rng: np.random.Generator) -> Prototypes:
    """Prototype k came from image cluster label[k], and from the caption cluster of that number."""
    n, is_kept = len(centres), np.arange(len(topic)) % 7 != 0
    label = rng.permutation(n)
    caption_topic = np.where(rng.random(len(topic)) < 0.1, rng.integers(n, size=len(topic)), topic)
    n_shared = np.bincount(topic[is_kept & (topic == caption_topic)], minlength=n)
    return Prototypes(
        image=centres[label],
        caption=centres[label],
        n_shared=n_shared[label],
        image_cluster=np.where(is_kept, topic, -1),
        caption_cluster=np.where(is_kept, caption_topic, -1),
        image_label=label,
        caption_label=label,
        kept=np.flatnonzero(is_kept),
    )
