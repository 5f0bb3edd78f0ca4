"""Herding (Welling, ICML 2009)."""

from collections.abc import Iterator, Sequence

from explorer.core.class_coresets import herd
from explorer.core.coresets import herding
from explorer.methods.base import Method, NoSettings
from explorer.methods.pairs import copy
from explorer.methods.subsets.choosing import choose, choosing_cost
from explorer.methods.subsets.of_classes import (
    check_images,
    choose_images,
    images_cost,
    is_of_classes,
    steps_of_images,
)
from explorer.steps.context import Context
from explorer.store.step import Work
from explorer.types import State


def make(context: Context, settings: NoSettings, state: State | None) -> Iterator[State]:
    """Pairs, or images of each class, whose mean follows the mean of all."""
    if is_of_classes(context):
        yield from choose_images(context, "herding", 0, state, herd)
        return
    rows = choose(
        context, "herding", lambda e: herding(e.image, e.caption, e.image_of_caption, context.size)
    )
    yield from copy(context, rows, 0, state)


def cost(context: Context, settings: NoSettings) -> Sequence[Work]:
    if is_of_classes(context):
        return images_cost(context, "herding")
    return choosing_cost(context, "herding")


METHOD = Method(
    name="herding",
    label="Herding",
    family="subsets",
    about="Real pairs, or images of each class, whose mean is nearest to the mean of all.",
    paper="Welling, ICML 2009",
    tasks=("retrieval", "classification"),
    config=NoSettings,
    stages=("embed", "pixels", "prototypes", "synthesize"),
    make=make,
    check=check_images,
    steps=steps_of_images,
    cost=cost,
)
