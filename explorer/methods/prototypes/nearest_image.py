"""The real image nearest to each image prototype."""

from collections.abc import Iterator, Sequence
from typing import Any

from explorer.config import PrototypeConfig
from explorer.methods.base import Method
from explorer.methods.pairs import copy, copying_work, nearest_real
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
    longest = settings.caption == "longest"
    rows = nearest_real(context.embedded(), found.prototypes, longest=longest)
    yield from copy(context, rows, settings.prototypes.seed, state)


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
