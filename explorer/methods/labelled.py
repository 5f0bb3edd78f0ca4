"""Labelled images one after the other, copied from the source batch by batch."""

from collections.abc import Iterator

import numpy as np
from PIL import Image

from explorer.methods.pairs import BATCH, LARGEST
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
        images = [train.open_image(int(i)) for i in own]
        for image in images:
            image.thumbnail((LARGEST, LARGEST), Image.Resampling.LANCZOS)
        made = Samples(
            images=images,
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
    context.store.rates.note("copy", "", progress.measured)


def copying_labelled_work(context: Context) -> Work:
    """The copying of real images."""
    n = context.size * len(context.dataset.labelled().classes)
    return Work("synthesize", "images to copy", n, "copy")
