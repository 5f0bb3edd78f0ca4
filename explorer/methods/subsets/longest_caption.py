"""Real images at random, each with its longest caption: what long captions alone are worth."""

from collections.abc import Iterator, Sequence

import numpy as np

from explorer.methods.base import Method
from explorer.methods.pairs import copy
from explorer.methods.subsets.choosing import (
    FilteredSettings,
    choose,
    choosing_cost,
    longest_of_kept,
)
from explorer.steps.context import Context
from explorer.steps.embeddings import Embedded
from explorer.store.step import Work
from explorer.types import State


def make(context: Context, settings: FilteredSettings, state: State | None) -> Iterator[State]:
    """Images at random, each with the longest of its captions that are similar enough."""

    def chosen(embedded: Embedded) -> np.ndarray:
        return longest_of_kept(embedded, settings, context.size, settings.seed)

    yield from copy(context, choose(context, METHOD.name, chosen), settings.seed, state)


def cost(context: Context, settings: FilteredSettings) -> Sequence[Work]:
    return choosing_cost(context, METHOD.name)


METHOD = Method(
    name="longest-caption",
    label="Random real images with their longest captions",
    family="subsets",
    about="Real images at random, each with its longest caption that fits, by the filter of PDS.",
    config=FilteredSettings,
    make=make,
    cost=cost,
)
