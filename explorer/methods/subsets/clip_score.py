"""The pairs that CLIP finds most alike."""

from collections.abc import Iterator, Sequence

from explorer.core.coresets import best_aligned
from explorer.methods.base import Method, NoSettings
from explorer.methods.pairs import copy
from explorer.methods.subsets.choosing import choose, choosing_cost
from explorer.steps.context import Context
from explorer.store.step import Work
from explorer.types import State


def make(context: Context, settings: NoSettings, state: State | None) -> Iterator[State]:
    """Pairs of different images with the highest cosine between image and caption."""
    rows = choose(
        context,
        "clip-score",
        lambda e: best_aligned(e.image, e.caption, e.image_of_caption, context.size),
    )
    yield from copy(context, rows, 0, state)


def cost(context: Context, settings: NoSettings) -> Sequence[Work]:
    return choosing_cost(context, "clip-score")


METHOD = Method(
    name="clip-score",
    label="Highest CLIP score",
    family="subsets",
    about="Real pairs that CLIP finds most alike.",
    paper="Hessel et al., EMNLP 2021",
    config=NoSettings,
    make=make,
    cost=cost,
)
