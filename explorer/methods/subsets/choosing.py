"""What the methods share that choose real pairs by a formula."""

import time
from collections.abc import Callable, Sequence

import numpy as np

from explorer.config import FilterConfig
from explorer.core.coresets import random_longest
from explorer.core.lazy_rows import pick
from explorer.core.pairs import most_similar
from explorer.methods.base import SeedSettings
from explorer.methods.pairs import copying_work
from explorer.progress import Measured
from explorer.steps.context import Context
from explorer.steps.embeddings import Embedded
from explorer.store.step import Work


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
    report = context.watcher.report("prototypes")
    report(0.0, f"Choosing {size:,} of {n_captions:,} pairs")
    start = time.monotonic()
    rows = chosen(embedded)
    seconds = time.monotonic() - start
    context.store.rates.note("choose", name, Measured(seconds, n_captions * size))
    return rows


def choosing_cost(context: Context, name: str) -> Sequence[Work]:
    """Of `choose`, and of copying what it chose."""
    pieces = context.n_rows * context.size
    choice = Work("prototypes", "choices of pairs", 1, "choose", name, each=pieces)
    return [choice, copying_work(context)]
