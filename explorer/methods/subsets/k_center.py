"""K-center, greedily (Sener and Savarese, ICLR 2018)."""

from collections.abc import Iterator, Sequence

from explorer.core.coresets import k_center
from explorer.methods.base import Method, SeedSettings
from explorer.methods.pairs import copy
from explorer.methods.subsets.choosing import choose, choosing_cost
from explorer.steps.context import Context
from explorer.store.step import Work
from explorer.types import State


def make(context: Context, settings: SeedSettings, state: State | None) -> Iterator[State]:
    """Pairs far from each other, each the farthest from those before."""
    rows = choose(
        context,
        "k-center",
        lambda e: k_center(e.image, e.caption, e.image_of_caption, context.size, settings.seed),
    )
    yield from copy(context, rows, settings.seed, state)


def cost(context: Context, settings: SeedSettings) -> Sequence[Work]:
    return choosing_cost(context, "k-center")


METHOD = Method(
    name="k-center",
    label="K-center",
    family="subsets",
    about="Real pairs that are far from each other.",
    paper="Sener and Savarese, ICLR 2018",
    config=SeedSettings,
    make=make,
    cost=cost,
)
