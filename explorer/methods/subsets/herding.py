"""Herding (Welling, ICML 2009)."""

from collections.abc import Iterator, Sequence

from explorer.core.coresets import herding
from explorer.methods.base import Method, NoSettings
from explorer.methods.pairs import copy
from explorer.methods.subsets.choosing import choose, choosing_cost
from explorer.steps.context import Context
from explorer.store.step import Work
from explorer.types import State


def make(context: Context, settings: NoSettings, state: State | None) -> Iterator[State]:
    """Pairs whose mean follows the mean of all."""
    rows = choose(
        context, "herding", lambda e: herding(e.image, e.caption, e.image_of_caption, context.size)
    )
    yield from copy(context, rows, 0, state)


def cost(context: Context, settings: NoSettings) -> Sequence[Work]:
    return choosing_cost(context, "herding")


METHOD = Method(
    name="herding",
    label="Herding",
    family="subsets",
    about="Real pairs whose mean is nearest to the mean of all.",
    paper="Welling, ICML 2009",
    config=NoSettings,
    make=make,
    cost=cost,
)
