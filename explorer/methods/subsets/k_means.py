"""The real images nearest to the centres of k-means of each class (DC-BENCH, NeurIPS 2022)."""

from collections.abc import Iterator, Sequence

from explorer.core.class_coresets import centres, nearest_to
from explorer.methods.base import Method, SeedSettings
from explorer.methods.subsets.of_classes import (
    check_images,
    choose_images,
    images_cost,
    steps_of_images,
)
from explorer.steps.context import Context
from explorer.store.step import Work
from explorer.types import State


def make(context: Context, settings: SeedSettings, state: State | None) -> Iterator[State]:
    """Images of each class, nearest to the centres of its clusters."""
    seed = settings.seed
    yield from choose_images(
        context, "k-means", seed, state, lambda rows, n: nearest_to(centres(rows, n, seed), rows)
    )


def cost(context: Context, settings: SeedSettings) -> Sequence[Work]:
    return images_cost(context, "k-means")


METHOD = Method(
    name="k-means",
    label="Nearest to the centres of k-means",
    family="subsets",
    about="Real images of each class that are nearest to the centres of its clusters.",
    paper="Cui et al., NeurIPS 2022 (DC-BENCH)",
    tasks=("classification",),
    config=SeedSettings,
    needs=frozenset(),
    stages=("pixels", "synthesize"),
    make=make,
    check=check_images,
    steps=steps_of_images,
    cost=cost,
)
