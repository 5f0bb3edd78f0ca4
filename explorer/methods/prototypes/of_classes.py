"""What the methods share that find prototypes of each class among embeddings."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from explorer.config import FilterConfig, PrototypeConfig
from explorer.core.class_coresets import rows_of_classes
from explorer.core.pairs import n_kept
from explorer.errors import ConfigError
from explorer.methods.base import SeedSettings
from explorer.steps.context import Context
from explorer.steps.embeddings import FoundPrototypes
from explorer.store.step import Step


class ClassPrototypes(FilterConfig, SeedSettings):
    """How the images of each class are clustered."""


def config_of(settings: ClassPrototypes) -> PrototypeConfig:
    return PrototypeConfig(drop_fraction=settings.drop_fraction, seed=settings.seed)


def classes_of(context: Context, found: FoundPrototypes) -> np.ndarray:
    """(K,) int64, the class of each prototype."""
    number = {name: c for c, name in enumerate(context.dataset.labelled().classes)}
    captions = context.embedded().captions
    return np.array([number[captions[int(m)]] for m in found.chosen_caption], dtype=np.int64)


def check(context: Context, settings: ClassPrototypes) -> None:
    """Raises where a class has fewer images than are asked for, or is left with fewer."""
    train, n = context.dataset.labelled(), context.size
    least = min(map(len, rows_of_classes(train.labels, len(train.classes), n)))
    left = n_kept(least, settings.drop_fraction)
    if left < n:
        raise ConfigError(
            f"Cannot find {n:,} prototypes of each class: of the smallest, {left:,} of {least:,} "
            "images are left. Lower drop_fraction, or choose fewer per class."
        )


def steps(context: Context, settings: ClassPrototypes) -> Sequence[Step[Any]]:
    return [context.prototypes(config_of(settings))]
