"""Labelled images one after the other, copied from the source batch by batch."""

from collections.abc import Iterator

import numpy as np

from explorer.methods.pairs import BATCH, shrunk
from explorer.progress import Progress
from explorer.steps.context import Context
from explorer.store.step import Work
from explorer.types import Samples, State


def copy_labelled(
    context: Context, rows: np.ndarray, seed: int, state: State | None
) -> Iterator[State]:
    """The real images of these (K,) rows with their classes, from where `state` stands."""
    train, total = context.dataset.labelled(), len(rows)
    begun = state.done if state else 0
    report = context.watcher.report("synthesize")
    progress = Progress(report, "Copying images", total, already=begun)
    for start in range(begun, total, BATCH):
        own = rows[start : start + BATCH]
        made = Samples(
            images=[shrunk(train.open_image(int(i))) for i in own],
            labels=train.labels[own],
            columns={"seed": [seed] * len(own)},
        )
        progress.add(len(own))
        yield State(
            done=start + len(own),
            total=total,
            first=start,
            samples=lambda made=made: made,  # type: ignore[misc]
        )
    if begun == total:
        yield State(done=total, total=total, first=total, samples=Samples)
    context.store.rates.note_work(copying_labelled_work(context), progress.measured)


def copying_labelled_work(context: Context) -> Work:
    """The copying of real images."""
    n = context.size * context.dataset.n_classes
    return Work("synthesize", "images to copy", n, "copy")
