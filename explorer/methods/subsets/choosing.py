"""What the methods share that choose real pairs, or real images of each class, by a formula."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from explorer.config import FilterConfig
from explorer.core.class_coresets import Choose
from explorer.core.coresets import random_longest
from explorer.core.lazy_rows import pick
from explorer.core.pairs import most_similar
from explorer.methods.base import Method, NoSettings, SeedSettings
from explorer.methods.pairs import copy, copying_work
from explorer.methods.subsets.of_classes import (
    check_images,
    choose_images,
    images_cost,
    is_of_classes,
    steps_of_images,
)
from explorer.progress import Measured
from explorer.settings import Settings
from explorer.steps.context import Context
from explorer.steps.embeddings import Embedded
from explorer.store.step import Work
from explorer.types import State

ChoosePairs = Callable[[Embedded, int, Any], np.ndarray]
"""Takes the embeddings, how many pairs and the settings; gives (K,) captions."""


class FilteredSettings(FilterConfig, SeedSettings):
    """Of chance among the pairs that PDS would cluster."""


def kept_rows(embedded: Embedded, settings: FilterConfig) -> np.ndarray:
    """The rows (M_kept,) whose image and caption are similar enough, by the filter of PDS."""
    image = pick(embedded.image, embedded.image_of_caption)
    return most_similar(image, np.asarray(embedded.caption), settings.drop_fraction)


def longest_of_kept(embedded: Embedded, own: FilterConfig, size: int, seed: int) -> np.ndarray:
    """The (K,) captions of images at random, each with its longest that the filter keeps."""
    kept = kept_rows(embedded, own)
    n_words = np.array([len(embedded.captions[int(m)].split()) for m in kept])
    of_kept = embedded.image_of_caption[kept]
    rows: np.ndarray = kept[random_longest(of_kept, n_words, size, seed)]
    return rows


def choose(context: Context, name: str, chosen: Callable[[Embedded], np.ndarray]) -> np.ndarray:
    """The (K,) captions of the pairs that are chosen; how long it took is noted under `name`."""
    embedded, size = context.embedded(), context.size
    n_captions = len(embedded.caption)
    report = context.watcher.report("choose")
    report(0.0, f"Choosing {size:,} of {n_captions:,} pairs")
    start = time.monotonic()
    rows = chosen(embedded)
    seconds = time.monotonic() - start
    context.store.rates.note("choose", name, Measured(seconds, n_captions * size))
    return rows


def choosing_cost(context: Context, name: str) -> Sequence[Work]:
    """Of `choose`, and of copying what it chose."""
    pieces = context.n_rows * context.size
    choice = Work("choose", "choices of pairs", 1, "choose", name, each=pieces)
    return [choice, copying_work(context)]


def choosing(
    *,
    name: str,
    config: type[Settings] = NoSettings,
    pairs: ChoosePairs | None = None,
    images: Callable[[Any], Choose] | None = None,
    **about: Any,
) -> Method:
    """A method that chooses real pairs, real images of each class, or either.

    `images` takes the settings and gives what chooses among the images of one class; `about` are
    the other fields of `Method`.
    """

    def make(context: Context, settings: Any, state: State | None) -> Iterator[State]:
        seed = getattr(settings, "seed", 0)
        if images and is_of_classes(context):
            yield from choose_images(context, name, seed, state, images(settings))
        elif pairs:
            rows = choose(context, name, lambda e: pairs(e, context.size, settings))
            yield from copy(context, rows, seed, state)

    def cost(context: Context, settings: Any) -> Sequence[Work]:
        of_classes = images and is_of_classes(context)
        return images_cost(context, name) if of_classes else choosing_cost(context, name)

    stages = {"embed": pairs, "pixels": images, "choose": pairs, "synthesize": True}
    tasks = {"retrieval": pairs, "classification": images}
    return Method(
        name=name,
        family="subsets",
        tasks=tuple(name for name, has in tasks.items() if has),
        config=config,
        needs=frozenset({"encoder"} if pairs else ()),
        stages=tuple(name for name, has in stages.items() if has),
        make=make,
        check=check_images,
        steps=steps_of_images,
        cost=cost,
        **about,
    )
