"""Finds paired prototypes of an embedded split, with the caption and the words of each."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from explorer.config import PrototypeConfig
from explorer.core.class_prototypes import IGNORED, prototypes_of_classes
from explorer.core.clusters.beginning import Start, centres_of, moved
from explorer.core.lazy_rows import pick
from explorer.core.prototypes import make_prototypes, nearest_captions
from explorer.engine.engine import HERE, Engine
from explorer.progress import Report
from explorer.steps.embeddings import Embedded, FoundPrototypes, as_prototypes
from explorer.store.step import Computed, Step, Work
from explorer.types import Prototypes

N_WORDS = 3
"""Distinctive words per label."""
EARLIER = "earlier"
"""The input that names what clustering started from."""
_MOVED = 1.0
"""Degrees from which on a prototype counts as moved."""


class Beginning(NamedTuple):
    """Prototypes that others start from, and the embeddings that they were made of."""

    key: str
    open: Callable[[], tuple[Embedded, FoundPrototypes]]


def prototypes(
    embed_key: str,
    n_rows: int,
    n_prototypes: int,
    config: PrototypeConfig,
    embedded: Callable[[], Embedded],
    engine: Engine = HERE,
    n_classes: int = 0,
    beginning: Beginning | None = None,
) -> Step[FoundPrototypes]:
    """Drops the worst pairs, clusters both modalities and pairs the clusters.

    `n_rows`, the captions that are embedded as far as it is known, is for the cost alone. Images of
    `n_classes` classes, whose captions are their names, have `n_prototypes` of each.
    """
    if n_classes:
        return _of_classes(embed_key, n_rows, n_prototypes, config, embedded)
    settings: dict[str, Any] = {"n_prototypes": n_prototypes, **config.as_key()}

    def compute(scratch: Path, report: Report) -> Computed:
        rows = embedded()
        caption = np.asarray(rows.caption)
        report(0.0, f"Finding {n_prototypes:,} prototypes among {len(caption):,} pairs")
        image = pick(rows.image, rows.image_of_caption)
        how = {name: v for name, v in settings.items() if name != "unique_captions"}
        start = _start(beginning, n_prototypes, config) if beginning else None
        made = make_prototypes(image, caption, **how, over=engine.map, start=start)
        report(0.9, f"Choosing captions for {len(made.image):,} prototypes")
        chosen = _choose(rows, made.caption, config.unique_captions)
        labels = _label(rows, made)
        report(1.0, f"Found {len(made.image):,} prototypes")
        notes = {"labels": labels, **(_update(beginning, made) if beginning else {})}
        return Computed({**made._asdict(), "chosen_caption": chosen}, notes)

    inputs = {"embed": embed_key, **settings, **({EARLIER: beginning.key} if beginning else {})}
    pieces, by = n_rows * n_prototypes, config.clustering + (" again" if beginning else "")
    cost = (Work("prototypes", "clusterings", 1, "prototypes", by, each=pieces),)
    return Step("prototypes", 2, inputs, compute, as_prototypes, cost)


def _start(beginning: Beginning, n_prototypes: int, config: PrototypeConfig) -> Start:
    """Where the clusters of earlier prototypes lie."""
    rows, found = beginning.open()
    return centres_of(
        pick(rows.image, rows.image_of_caption),
        np.asarray(rows.caption),
        found.prototypes,
        n_clusters=n_prototypes * config.over_clusters,
        normalize=config.normalize,
        joint=config.joint,
    )


def _update(beginning: Beginning, made: Prototypes) -> dict[str, str]:
    """Notes of what prototypes started from, and of what became of these."""
    rows, found = beginning.open()
    angle = moved(found.prototypes, made)
    known = angle[~np.isnan(angle)]
    n_moved, n_new = int((known >= _MOVED).sum()), len(angle) - len(known)
    how_far = (
        f", half of all by {np.median(known):.1f} or less, the farthest by {known.max():.1f}"
        if len(known)
        else ""
    )
    update = (
        f"Prototypes started from those of {len(rows.image):,} images: {n_moved:,} of "
        f"{len(angle):,} moved by {_MOVED:g} degree or more{how_far}; {n_new:,} are new."
    )
    return {EARLIER: beginning.key, "update": update}


def _of_classes(
    embed_key: str,
    n_rows: int,
    per_class: int,
    config: PrototypeConfig,
    embedded: Callable[[], Embedded],
) -> Step[FoundPrototypes]:
    """Clusters the images of each class; the caption of a prototype is its class."""
    how = {name: value for name, value in config.as_key().items() if name not in IGNORED}

    def compute(scratch: Path, report: Report) -> Computed:
        rows = embedded()
        report(0.0, f"Finding {per_class:,} prototypes of each class")
        image, names = pick(rows.image, rows.image_of_caption), np.array(list(rows.captions))
        _, labels = np.unique(names, return_inverse=True)
        made = prototypes_of_classes(image, rows.caption, labels, per_class, **how)
        chosen = [np.flatnonzero(made.image_cluster == own)[0] for own in made.image_label]
        report(1.0, f"Found {len(made.image):,} prototypes")
        notes = {"labels": [[str(names[m])] for m in chosen]}
        return Computed({**made._asdict(), "chosen_caption": np.array(chosen)}, notes)

    inputs = {"embed": embed_key, "per_class": per_class, **how}
    work = Work("prototypes", "clusterings", 1, "prototypes", "classes", each=n_rows * per_class)
    return Step("prototypes", 2, inputs, compute, as_prototypes, (work,))


def _choose(embedded: Embedded, prototype: np.ndarray, unique: bool) -> np.ndarray:
    """(K,) int64, the caption of each caption prototype (K, D)."""
    caption = np.asarray(embedded.caption)
    if not unique:
        return nearest_captions(prototype, caption)
    first_row = {text: m for m, text in reversed(list(enumerate(embedded.captions)))}
    different = np.sort(np.fromiter(first_row.values(), dtype=np.int64))
    nearest = nearest_captions(prototype, pick(caption, different), unique=True)
    chosen: np.ndarray = different[nearest]
    return chosen


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
    from explorer.core.clusters.labels import distinctive_words

    prototype = rename_clusters(made.caption_cluster, made.caption_label)
    return distinctive_words(embedded.captions, prototype, len(made.image), N_WORDS)
