"""How long measuring the images of prepared data takes, and how far it is."""

import time

from explorer.explore.columns import measuring
from explorer.explore.dataset import Prepared
from explorer.steps.measures import measure
from explorer.ui import wire
from explorer.ui.background import Background

TIMED = 12
"""Images that are measured to tell how long all take."""


def about_measuring(background: Background, prepared: Prepared) -> wire.Measuring | None:
    """What is left to do; None where the images are measured."""
    step = measuring(prepared)
    if prepared.store.has(step):
        return None
    making = background.about(step)
    return {"making": making, "seconds": None if making else _expected(prepared)}


def _expected(prepared: Prepared) -> float:
    """About how many seconds it takes, as it did before or as a few images take now."""
    split = prepared.dataset.splits["train"]
    known = prepared.store.rates.known().get(("measures", ""))
    if known is not None:
        return known * split.n_images
    start, some = time.perf_counter(), prepared.image_number[:TIMED]
    for number in some:
        measure(split.open_image(int(number)))
    return (time.perf_counter() - start) / max(len(some), 1) * split.n_images
