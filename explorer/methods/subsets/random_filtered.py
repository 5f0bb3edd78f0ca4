"""Real pairs at random, after the filter of PDS: what the filter alone is worth."""

from collections.abc import Iterator, Sequence

import numpy as np

from explorer.core.coresets import random_pairs
from explorer.methods.base import Method
from explorer.methods.pairs import copy
from explorer.methods.subsets.choosing import FilteredSettings, choose, choosing_cost, kept_rows
from explorer.steps.context import Context
from explorer.steps.embeddings import Embedded
from explorer.store.step import Work
from explorer.types import State


def make(context: Context, settings: FilteredSettings, state: State | None) -> Iterator[State]:
    """Pairs of different images, at random among those that are similar enough."""

    def chosen(embedded: Embedded) -> np.ndarray:
        kept = kept_rows(embedded, settings)
        of_kept = embedded.image_of_caption[kept]
        rows: np.ndarray = kept[random_pairs(of_kept, context.size, settings.seed)]
        return rows

    yield from copy(context, choose(context, METHOD.name, chosen), settings.seed, state)


def cost(context: Context, settings: FilteredSettings) -> Sequence[Work]:
    return choosing_cost(context, METHOD.name)


METHOD = Method(
    name="random-filtered",
    label="Random real pairs, filtered",
    family="subsets",
    about="Real pairs at random, without the least similar ones that PDS leaves out, too.",
    config=FilteredSettings,
    make=make,
    cost=cost,
)
