"""Real pairs, or real images of each class, at random."""

from collections.abc import Iterator, Sequence

from explorer.core.coresets import random_of_each_class, random_pairs
from explorer.methods.base import Method, SeedSettings
from explorer.methods.labelled import copy_labelled, copying_labelled_work
from explorer.methods.pairs import copy
from explorer.methods.subsets.choosing import choose, choosing_cost
from explorer.methods.subsets.of_classes import check_images, is_of_classes
from explorer.steps.context import Context
from explorer.store.step import Work
from explorer.types import State


def make(context: Context, settings: SeedSettings, state: State | None) -> Iterator[State]:
    """Pairs of different images, or images of each class, at random."""
    size, seed = context.size, settings.seed
    if is_of_classes(context):
        train = context.dataset.labelled()
        rows = random_of_each_class(train.labels, len(train.classes), size, seed)
        yield from copy_labelled(context, rows, seed, state)
        return
    rows = choose(context, "random", lambda e: random_pairs(e.image_of_caption, size, seed))
    yield from copy(context, rows, seed, state)


def cost(context: Context, settings: SeedSettings) -> Sequence[Work]:
    if is_of_classes(context):
        return [copying_labelled_work(context)]
    return choosing_cost(context, "random")


METHOD = Method(
    name="random",
    label="Random real samples",
    family="subsets",
    is_baseline=True,
    about="Real pairs, or images of each class, at random.",
    paper="",
    tasks=("retrieval", "classification"),
    config=SeedSettings,
    stages=("embed", "choose", "synthesize"),
    make=make,
    cost=cost,
    check=check_images,
)
