"""The real image nearest to each image prototype."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from explorer.config import PrototypeConfig
from explorer.core.prototypes import nearest_captions as nearest_rows
from explorer.methods.base import Method
from explorer.methods.pairs import copy, copying_work
from explorer.settings import Settings, group, setting
from explorer.steps.context import Context
from explorer.store.step import Step, Work
from explorer.types import State

CAPTIONS = ("fitting", "longest")


class NearestImageSettings(Settings):
    """How prototypes are found, and which caption an image gets."""

    prototypes: PrototypeConfig = group("Prototypes", default_factory=PrototypeConfig)
    caption: str = setting(
        "Caption",
        "Which of an image's captions is stored: the one most similar to the caption prototype "
        "(`fitting`), or the `longest`.",
        default="fitting",
        choices=CAPTIONS,
    )


def make(context: Context, settings: NearestImageSettings, state: State | None) -> Iterator[State]:
    """The image nearest to each image prototype, with one caption of its own."""
    found = context.find_prototypes(settings.prototypes)
    embedded = context.embedded()
    images = nearest_rows(found.prototypes.image, embedded.image)
    starts = np.searchsorted(embedded.image_of_caption, images)
    stops = np.searchsorted(embedded.image_of_caption, images, side="right")

    def chosen(start: int, stop: int, wanted: np.ndarray) -> int:
        if settings.caption == "longest":
            return max(range(start, stop), key=lambda m: len(embedded.captions[m].split()))
        return start + int(nearest_rows(wanted[None], embedded.caption[start:stop])[0])

    rows = list(map(chosen, starts.tolist(), stops.tolist(), found.prototypes.caption))
    yield from copy(context, np.array(rows), settings.prototypes.seed, state)


def steps(context: Context, settings: NearestImageSettings) -> Sequence[Step[Any]]:
    return [context.prototypes(settings.prototypes)]


def cost(context: Context, settings: NearestImageSettings) -> Sequence[Work]:
    return [copying_work(context)]


METHOD = Method(
    name="nearest-image",
    label="Real pair nearest to the image prototype",
    family="prototypes",
    about="The real image nearest to each image prototype, with the caption of its that fits best.",
    config=NearestImageSettings,
    make=make,
    steps=steps,
    cost=cost,
)
