"""Finds paired prototypes of an embedded split, with the caption and the words of each; cached."""

import time
from pathlib import Path

import numpy as np

from explorer.config import PrototypeConfig
from explorer.core.picked import pick
from explorer.core.prototypes import make_prototypes, nearest_captions
from explorer.pipeline.progress import Measured
from explorer.pipeline.rates import Rates
from explorer.pipeline.stages.embedded import (
    PROTOTYPES,
    Embedded,
    FoundPrototypes,
    as_prototypes,
    prototype_inputs,
)
from explorer.pipeline.store import Computed, Store
from explorer.types import Prototypes, Report, silent

N_WORDS = 3
"""Distinctive words per label."""


def prototypes(
    store: Store, embedded: Embedded, config: PrototypeConfig, report: Report = silent
) -> FoundPrototypes:
    """Drops the worst pairs, clusters both modalities and pairs the clusters; cached."""

    def compute(scratch: Path) -> Computed:
        n_captions = len(embedded.caption)
        report(0.0, f"Finding {config.n_prototypes:,} prototypes among {n_captions:,} pairs")
        caption = np.asarray(embedded.caption)
        image = pick(embedded.image, embedded.image_of_caption)
        settings = dict(vars(config))
        unique = settings.pop("unique_captions")
        start = time.monotonic()
        made = make_prototypes(image, caption, **settings)
        took = Measured(time.monotonic() - start, n_captions * config.n_prototypes)
        Rates(store).note("prototypes", config.clustering, took)
        report(0.9, f"Choosing captions for {len(made.image):,} prototypes")
        chosen = _choose(embedded, made.caption, unique)
        labels = _label(embedded, made)
        report(1.0, f"Found {len(made.image):,} prototypes")
        return {**made._asdict(), "chosen_caption": chosen}, {"labels": labels}

    inputs = prototype_inputs(embedded.key, config)
    return as_prototypes(store.fetch(*PROTOTYPES, inputs, compute, report))


def _choose(embedded: Embedded, prototype: np.ndarray, unique: bool) -> np.ndarray:
    """(K,) int64, the caption of each caption prototype (K, D)."""
    caption = np.asarray(embedded.caption)
    if not unique:
        return nearest_captions(prototype, caption)
    first_row = {text: m for m, text in reversed(list(enumerate(embedded.captions)))}
    different = np.sort(np.fromiter(first_row.values(), dtype=np.int64))
    return different[nearest_captions(prototype, pick(caption, different), unique=True)]


def rename_clusters(labels: np.ndarray, label_of_prototype: np.ndarray) -> np.ndarray:
    """Turns cluster numbers (M,) into prototype numbers; -1 for rows of no prototype.

    Examples:
        >>> rename_clusters(np.array([2, 0, -1]), np.array([2, 1])).tolist()
        [0, -1, -1]
    """
    names = np.full(max(labels.max(initial=0), label_of_prototype.max(initial=0)) + 1, -1)
    names[label_of_prototype] = np.arange(len(label_of_prototype))
    return np.where(labels >= 0, names[labels], -1)


def _label(embedded: Embedded, made: Prototypes) -> list[list[str]]:
    """Distinctive words of the captions in each prototype's caption cluster."""
    from explorer.core.labels import distinctive_words

    prototype = rename_clusters(made.caption_cluster, made.caption_label)
    return distinctive_words(embedded.captions, prototype, len(made.image), N_WORDS)
