"""Real images at random, each with its longest caption: what long captions alone are worth."""

from collections.abc import Iterator, Sequence

import numpy as np

from explorer.core.coresets import random_longest
from explorer.methods.base import Method
from explorer.methods.pairs import copy
from explorer.methods.subsets.choosing import FilteredSettings, choose, choosing_cost, kept_rows
from explorer.steps.context import Context
from explorer.steps.embeddings import Embedded
from explorer.store.step import Work
from explorer.types import State


def make(context: Context, settings: FilteredSettings, state: State | None) -> Iterator[State]:
    """Images at random, each with the longest of its captions that are similar enough."""

    def chosen(embedded: Embedded) -> np.ndarray:
        kept = kept_rows(embedded, settings)
        n_words = np.array([len(embedded.captions[int(m)].split()) for m in kept])
        of_kept = embedded.image_of_caption[kept]
        rows: np.ndarray = kept[random_longest(of_kept, n_words, context.size, settings.seed)]
        return rows

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
