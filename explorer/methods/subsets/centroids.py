"""The centres of k-means of each class as images; with one per class, its mean.

What every method that learns images has to beat: blurred, in no dataset, made in a moment.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from explorer.core.class_coresets import centres, flat, rows_of_classes
from explorer.methods.base import Method, SeedSettings
from explorer.methods.subsets.of_classes import check_images, own_pixels, steps_of_images
from explorer.progress import Progress
from explorer.steps.context import Context
from explorer.store.step import Work
from explorer.types import Samples, State


def make(context: Context, settings: SeedSettings, state: State | None) -> Iterator[State]:
    """The images, class by class."""
    train, size = context.dataset.labelled(), context.size
    found = context.store.fetch(own_pixels(context), context.watcher.report("pixels"))
    report = context.watcher.report("synthesize")
    progress = Progress(report, "Averaging images, classes", len(train.classes))
    classes = rows_of_classes(train.labels[found.number], len(train.classes), size)
    learned = []
    for rows in classes:
        learned.append(centres(flat(found.image, rows), size, settings.seed) / 255)
        progress.add()
    images = np.concatenate(learned).reshape(-1, *found.image.shape[1:]).astype(np.float32)
    made = Samples(images=images, labels=np.repeat(np.arange(len(classes)), size))
    (work,) = cost(context, settings)
    context.store.rates.note_work(work, progress.measured._replace(n=1))
    yield State(done=1, total=1, samples=lambda: made)


def cost(context: Context, settings: SeedSettings) -> Sequence[Work]:
    n = context.dataset.labelled().n_images * context.size
    return [Work("synthesize", "images to average", 1, "centroids", each=n)]


METHOD = Method(
    name="centroids",
    label="Centres of k-means",
    family="subsets",
    about="Images that are the means of each class, or of its clusters.",
    tasks=("classification",),
    config=SeedSettings,
    needs=frozenset(),
    learns=True,
    stages=("pixels", "synthesize"),
    make=make,
    check=check_images,
    steps=steps_of_images,
    cost=cost,
)
