"""The pairs that a student forgets most often (after Toneva et al., ICLR 2019)."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from explorer.core.class_coresets import most_often, of_each_class
from explorer.core.coresets import most_forgotten
from explorer.methods.base import Method, SeedSettings
from explorer.methods.labelled import copy_labelled, copying_labelled_work
from explorer.methods.pairs import copy, copying_work
from explorer.methods.subsets.of_classes import check_images, is_of_classes, own_pixels
from explorer.steps.context import Context
from explorer.steps.forgotten_images import forgotten_images
from explorer.store.step import Step, Work
from explorer.types import State


def make(context: Context, settings: SeedSettings, state: State | None) -> Iterator[State]:
    """What a student forgets most often while it learns from all pairs, or all images."""
    if is_of_classes(context):
        yield from _images(context, settings, state)
        return
    embedded, seed = context.embedded(), settings.seed
    step = context.forgetting(seed)
    n_forgotten = context.store.fetch(step, context.watcher.report("experts"))
    rows = most_forgotten(n_forgotten, embedded.image_of_caption, context.size, seed)
    yield from copy(context, rows, seed, state)


def _images(context: Context, settings: SeedSettings, state: State | None) -> Iterator[State]:
    train = context.dataset.labelled()
    pixels, forgotten = steps(context, settings)
    found = context.store.fetch(pixels, context.watcher.report("pixels"))
    n_forgotten = context.store.fetch(forgotten, context.watcher.report("experts"))
    rng, labels = np.random.default_rng(settings.seed), train.labels[found.number]
    rows = of_each_class(
        n_forgotten, labels, len(train.classes), context.size, lambda n, k: most_often(n, k, rng)
    )
    yield from copy_labelled(context, found.number[rows], settings.seed, state)


def steps(context: Context, settings: SeedSettings) -> Sequence[Step[Any]]:
    if is_of_classes(context):
        return [own_pixels(context), forgotten_images(context, settings.seed)]
    return [context.forgetting(settings.seed)]


def cost(context: Context, settings: SeedSettings) -> Sequence[Work]:
    return [copying_labelled_work(context) if is_of_classes(context) else copying_work(context)]


METHOD = Method(
    name="forgetting",
    label="Most often forgotten in training",
    family="subsets",
    about="Real pairs, or images of each class, that a student forgets most often.",
    paper="Toneva et al., ICLR 2019",
    tasks=("retrieval", "classification"),
    config=SeedSettings,
    stages=("embed", "pixels", "experts", "synthesize"),
    make=make,
    check=check_images,
    steps=steps,
    cost=cost,
)
