"""What the methods share that choose real images of each class by a formula."""

import time
from collections.abc import Iterator, Sequence
from typing import Any

from explorer.core.class_coresets import Choose, of_each_class, rows_of_classes
from explorer.methods.labelled import copy_labelled, copying_labelled_work
from explorer.progress import Measured
from explorer.steps.context import Context
from explorer.steps.pixels import Pixels, pixels
from explorer.store.step import Step, Work
from explorer.types import State


def is_of_classes(context: Context) -> bool:
    """Whether images of classes are chosen, and not pairs."""
    return context.dataset.is_labelled


def own_pixels(context: Context) -> Step[Pixels]:
    """The images of train in their own size, which choices are made by."""
    train = context.dataset.labelled()
    return pixels(train, train.side, "train", context.engine)


def choose_images(
    context: Context, name: str, seed: int, state: State | None, choose: Choose
) -> Iterator[State]:
    """Images of each class, chosen by their pixels; how long it took is noted under `name`."""
    train = context.dataset.labelled()
    found = context.store.fetch(own_pixels(context), context.watcher.report("pixels"))
    labels, n_classes = train.labels[found.number], len(train.classes)
    start = time.monotonic()
    rows = of_each_class(found.image, labels, n_classes, context.size, choose)
    measured = Measured(time.monotonic() - start, len(labels) * context.size)
    context.store.rates.note("choose", f"{name}, images", measured)
    yield from copy_labelled(context, found.number[rows], seed, state)


def check_images(context: Context, settings: Any) -> None:
    """Raises where a class of labelled data has fewer images than are asked for."""
    if is_of_classes(context):
        train = context.dataset.labelled()
        rows_of_classes(train.labels, len(train.classes), context.size)


def steps_of_images(context: Context, settings: Any) -> Sequence[Step[Any]]:
    """What choices by pixels build on; nothing where pairs are chosen."""
    return [own_pixels(context)] if is_of_classes(context) else []


def images_cost(context: Context, name: str) -> Sequence[Work]:
    """Of `choose_images`."""
    n = context.dataset.labelled().n_images * context.size
    choice = Work("synthesize", "choices of images", 1, "choose", f"{name}, images", each=n)
    return [choice, copying_labelled_work(context)]
