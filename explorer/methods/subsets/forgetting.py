"""The pairs that a student forgets most often (after Toneva et al., ICLR 2019)."""

from collections.abc import Iterator, Sequence
from typing import Any

from explorer.core.coresets import most_forgotten
from explorer.methods.base import Method, SeedSettings
from explorer.methods.pairs import copy, copying_work
from explorer.steps.context import Context
from explorer.store.step import Step, Work
from explorer.types import State


def make(context: Context, settings: SeedSettings, state: State | None) -> Iterator[State]:
    """The pairs that a student forgets most often while it learns from all of them."""
    embedded, seed = context.embedded(), settings.seed
    step = context.forgetting(seed)
    n_forgotten = context.store.fetch(step, context.watcher.report("prototypes"))
    rows = most_forgotten(n_forgotten, embedded.image_of_caption, context.size, seed)
    yield from copy(context, rows, seed, state)


def steps(context: Context, settings: SeedSettings) -> Sequence[Step[Any]]:
    return [context.forgetting(settings.seed)]


def cost(context: Context, settings: SeedSettings) -> Sequence[Work]:
    return [copying_work(context)]


METHOD = Method(
    name="forgetting",
    label="Most often forgotten in training",
    family="subsets",
    about="Real pairs that a student forgets most often.",
    paper="Toneva et al., ICLR 2019",
    config=SeedSettings,
    make=make,
    steps=steps,
    cost=cost,
)
