"""What a referee asks of sets of labelled images."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from explorer.config import AUGMENTATIONS, NETWORKS
from explorer.steps.context import Context
from explorer.steps.pixels import Pixels, pixels
from explorer.tasks.classification_students import ClassificationConfig
from explorer.tasks.task import Evaluation, Judging, Readings
from explorer.types import Split

MOST_SIDE = 16
"""Pixels of a side by which images are near each other or far."""


def _readings(config: ClassificationConfig) -> Readings:
    """Students without augmentation are the other ones, unless all are."""
    opened = replace(config, reading="opened")
    plain = AUGMENTATIONS[-1]
    otherwise = None if config.augmentation == plain else replace(opened, augmentation=plain)
    return Readings(replace(config, reading="kept"), opened, otherwise)


def _students(result: Evaluation) -> Mapping[str, list[float]]:
    own = {name: each["students"] for name, each in result["networks"].items()}
    return {name: [float(s["accuracy"]) for s in each] for name, each in own.items()}


def _size(settings: Mapping[str, Any], n_rows: int, n_classes: int) -> int:
    """As asked for: images that hold several, or sums of others, may be more."""
    asked = settings.get("size")
    return asked if isinstance(asked, int) else max(1, round(n_rows / n_classes))


def _pixels(context: Context, config: ClassificationConfig, split: Split, what: str) -> Pixels:
    size = min(config.image_size, MOST_SIDE)
    return context.store.fetch(
        pixels(split, size, what, context.engine), context.watcher.report("evaluate")
    )


def _rows(context: Context, config: ClassificationConfig, found: Pixels) -> np.ndarray:
    """(n, D) levels from the mean of train, in its deviations."""
    source = _pixels(context, config, context.dataset.labelled(), "train")
    mean, std = (each[:, None, None] for each in (source.mean, source.std))
    rows: np.ndarray = (found.image.astype(np.float32) / 255 - mean) / std
    return rows.reshape(len(rows), -1)


def _of_split(context: Context, config: ClassificationConfig, split: str) -> np.ndarray:
    return _rows(context, config, _pixels(context, config, context.dataset.labelled(split), split))


def _of_set(context: Context, config: ClassificationConfig, split: Split) -> np.ndarray:
    return _rows(context, config, _pixels(context, config, split, "the set's"))


def _learned_through(context: Context, settings: Mapping[str, Any]) -> str | None:
    """All methods that learn through a network have its width among their settings.

    It is the usual one, unless they may choose another and did.
    """
    own = settings.get("settings")
    if not isinstance(own, Mapping) or "width" not in own:
        return None
    return str(own.get("pool_network", NETWORKS[0]))


JUDGING = Judging(
    noun="images",
    usual={},
    readings=_readings,
    students=_students,
    has_more=lambda context, learned: True,
    size=_size,
    rows_of=_of_split,
    rows_of_set=_of_set,
    learned_through=_learned_through,
)
