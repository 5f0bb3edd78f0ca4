"""The real caption nearest to each caption prototype, with its own image."""

from collections.abc import Iterator, Sequence
from typing import Any

from explorer.config import PrototypeConfig
from explorer.methods.base import Method
from explorer.methods.pairs import copy, copying_work
from explorer.settings import Settings, group
from explorer.steps.context import Context
from explorer.store.step import Step, Work
from explorer.types import State


class NearestCaptionSettings(Settings):
    """How prototypes are found."""

    prototypes: PrototypeConfig = group("Prototypes", default_factory=PrototypeConfig)


def make(
    context: Context, settings: NearestCaptionSettings, state: State | None
) -> Iterator[State]:
    """The caption nearest to each caption prototype, which PDS stores too, with its own image."""
    found = context.find_prototypes(settings.prototypes)
    yield from copy(context, found.chosen_caption, settings.prototypes.seed, state)


def steps(context: Context, settings: NearestCaptionSettings) -> Sequence[Step[Any]]:
    return [context.prototypes(settings.prototypes)]


def cost(context: Context, settings: NearestCaptionSettings) -> Sequence[Work]:
    return [copying_work(context)]


METHOD = Method(
    name="nearest-caption",
    label="Real pair nearest to the caption prototype",
    family="prototypes",
    about="The caption that PDS stores for each prototype, with its own real image.",
    config=NearestCaptionSettings,
    make=make,
    steps=steps,
    cost=cost,
)
