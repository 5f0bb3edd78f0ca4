"""Of the real pairs near each prototype the one whose caption tells the most."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from explorer.core.telling import nearest_images, telling, telling_pairs
from explorer.methods.pairs import copy
from explorer.methods.prototypes import nearest_caption
from explorer.settings import setting
from explorer.steps.context import Context
from explorer.types import State


class TellingPairSettings(nearest_caption.NearestCaptionSettings):
    """How prototypes are found, and among how many images a pair is chosen."""

    near: int = setting(
        "Images near",
        "Images nearest to each image prototype, among whose captions the one is chosen that tells "
        "the most.",
        at_least=1,
        at_most=1000,
        default=5,
    )


def make(context: Context, settings: TellingPairSettings, state: State | None) -> Iterator[State]:
    """A real pair near each prototype, with the most, and the rarest, words."""
    embedded, found = context.embedded(), context.find_prototypes(settings.prototypes)
    kept = np.zeros(len(embedded.captions), dtype=bool)
    kept[found.prototypes.kept] = True
    near = nearest_images(found.prototypes.image, embedded.image, settings.near)
    told = telling(embedded.captions)
    rows = telling_pairs(near, embedded.image_of_caption, np.where(kept, told, 0.0))
    yield from copy(context, rows, settings.prototypes.seed, state)


METHOD = replace(
    nearest_caption.METHOD,
    name="telling-pair",
    label="Real pair near the prototype that tells the most",
    about="Of the real pairs near each image prototype the one with the most and rarest words.",
    config=TellingPairSettings,
    make=make,
)
