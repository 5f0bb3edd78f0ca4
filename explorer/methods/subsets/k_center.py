"""K-center, greedily (Sener and Savarese, ICLR 2018)."""

from collections.abc import Iterator, Sequence

import numpy as np

from explorer.core.class_coresets import farthest
from explorer.core.coresets import k_center
from explorer.methods.base import Method, SeedSettings
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


def make(context: Context, settings: SeedSettings, state: State | None) -> Iterator[State]:
    """Pairs, or images of a class, far from each other, each the farthest from those before."""
    if is_of_classes(context):
        rng = np.random.default_rng(settings.seed)
        yield from choose_images(
            context,
            "k-center",
            settings.seed,
            state,
            lambda rows, n: farthest(rows, n, int(rng.integers(len(rows)))),
        )
        return
    rows = choose(
        context,
        "k-center",
        lambda e: k_center(e.image, e.caption, e.image_of_caption, context.size, settings.seed),
    )
    yield from copy(context, rows, settings.seed, state)


def cost(context: Context, settings: SeedSettings) -> Sequence[Work]:
    if is_of_classes(context):
        return images_cost(context, "k-center")
    return choosing_cost(context, "k-center")


METHOD = Method(
    name="k-center",
    label="K-center",
    family="subsets",
    about="Real pairs, or images of each class, that are far from each other.",
    paper="Sener and Savarese, ICLR 2018",
    tasks=("retrieval", "classification"),
    config=SeedSettings,
    stages=("embed", "pixels", "prototypes", "synthesize"),
    make=make,
    check=check_images,
    steps=steps_of_images,
    cost=cost,
)
