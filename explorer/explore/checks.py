"""What in data is better looked at before anything is distilled from it, and how much of it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from explorer.core.captions import odd_captions
from explorer.core.geometry import scale_to_unit
from explorer.core.neighbors import nearest_rows
from explorer.core.wrong_labels import LEAST_OTHER, MOST_OWN, NEIGHBOURS, contradicted
from explorer.explore.columns import measuring
from explorer.explore.dataset import Prepared
from explorer.explore.nearest import SEED
from explorer.explore.quality import AT_ONCE
from explorer.models.bundles import bundle_advice
from explorer.progress import Report
from explorer.steps.alike import alike_across
from explorer.steps.measures import Measures
from explorer.store.step import Computed, Step
from explorer.store.store import Store

DARK = 0.08
"""Mean level of grey below which an image shows next to nothing."""
FAR = 4.0
"""Times less sharp, or smaller, than the median of the data."""
ODD = 2.5
"""Times wider or taller than the median of the data."""


class Check(NamedTuple):
    """Rows, or images, that one check has found."""

    name: str
    title: str
    meaning: str
    found: np.ndarray  # (n,) int, rows or images; the worst first
    are_images: bool


About = tuple[str, str, str]
"""Name, title and meaning of a check."""

OF_IMAGES: tuple[tuple[About, Callable[[Measures], np.ndarray]], ...] = (
    (
        ("dark", "Dark images", f"Mean level of grey below {DARK}."),
        lambda found: _below(found.brightness, DARK),
    ),
    (
        ("blurred", "Blurred images", f"Less than a {FAR:.0f}th as sharp as the median image."),
        lambda found: _below(found.sharpness, float(np.median(found.sharpness)) / FAR),
    ),
    (
        ("tiny", "Tiny images", f"Their shorter side is less than a {FAR:.0f}th of the median."),
        lambda found: _below(_shorter(found), float(np.median(_shorter(found))) / FAR),
    ),
    (
        ("odd", "Odd shapes", f"More than {ODD} times wider or taller than the median image."),
        lambda found: _below(-_oddness(found), -ODD),
    ),
)
OF_CAPTIONS: tuple[About, ...] = (
    ("empty", "Empty captions", "Without a letter or digit."),
    ("cut", "Captions that are cut", "They end as texts do that go on."),
    (
        "repeated",
        "Repeated captions",
        "The same words as another caption; students cannot tell their images apart.",
    ),
    (
        "script",
        "Captions in another script",
        "Nine in ten captions are in one script; these are not.",
    ),
)
OF_LABELS: About = (
    "labels",
    "Likely wrong labels",
    f"At least {LEAST_OTHER:.0%} of the {NEIGHBOURS} nearest images are of one other class, and at "
    f"most {MOST_OWN:.0%} of theirs.",
)
BY_A_STRANGER: About = (
    OF_LABELS[0],
    "Labels that differ from their neighbours', by an encoder that does not know such images",
    f"{OF_LABELS[2]} Most of them may well be right: near is what this encoder takes for alike.",
)


def checks(store: Store, prepared: Prepared) -> list[Check]:
    """What was found; of the images once they are measured, of captions and labels at once."""
    return [
        *_of_labels(store, prepared),
        *_of_images(store, prepared),
        *_of_captions(store, prepared),
    ]


def across_splits(store: Store, prepared: Prepared) -> dict[str, int]:
    """Images of each other split that look like one of train; none where nobody looked."""
    step = alike_across(prepared.dataset, lambda: prepared.embedded)
    found = store.peek(step) or []
    return {each.split: each.n_images for each in found}


def told(store: Store, prepared: Prepared) -> str:
    """One line of what was found; "" where nothing was."""
    found = [(each.title, len(each.found)) for each in checks(store, prepared)]
    across = across_splits(store, prepared).items()
    found += [(f"Images of {split} that look like one of train", n) for split, n in across]
    line = "; ".join(f"{what}: {n:,}" for what, n in found if n)
    return f"{line}." if line else ""


def _of_images(store: Store, prepared: Prepared) -> Iterator[Check]:
    measured = store.peek(measuring(prepared))
    if measured is None or not len(measured.number):
        return
    place = np.full(prepared.dataset.splits["train"].n_images, -1)
    place[prepared.image_number] = np.arange(prepared.n_images)
    for about, find in OF_IMAGES:
        images = place[measured.number[find(measured)]]
        yield Check(*about, images[images >= 0], True)


def _of_labels(store: Store, prepared: Prepared) -> Iterator[Check]:
    """Unasked of as many images as near-duplicates are; and of more, nothing is said."""
    if not prepared.dataset.is_labelled or not NEIGHBOURS < prepared.n_images <= AT_ONCE:
        return
    train = prepared.dataset.labelled()

    def compute(scratch: Path, report: Report) -> Computed:
        near = nearest_rows(scale_to_unit(prepared.image), NEIGHBOURS + 1, seed=SEED, report=report)
        labels = train.labels[prepared.image_number]
        return Computed({"found": contradicted(near.row[:, 1:], labels, len(train.classes))})

    inputs = {"embed": prepared.embed_key}
    step = Step("wrong_labels", 1, inputs, compute, lambda entry: entry.arrays["found"])
    is_stranger = bool(bundle_advice(prepared.config.data, prepared.config.models))
    about = BY_A_STRANGER if is_stranger else OF_LABELS
    yield Check(*about, store.fetch(step), True)


def _of_captions(store: Store, prepared: Prepared) -> Iterator[Check]:
    if prepared.dataset.is_labelled:
        return

    def compute(scratch: Path, report: Report) -> Computed:
        return Computed(odd_captions(prepared.captions))

    inputs = {"embed": prepared.embed_key}
    step = Step("odd_captions", 1, inputs, compute, lambda entry: entry.arrays)
    found = store.fetch(step)
    for about in OF_CAPTIONS:
        yield Check(*about, found[about[0]], False)


def _below(values: np.ndarray, most: float) -> np.ndarray:
    """Places of the values below `most`, the lowest first."""
    places = np.flatnonzero(values < most)
    lowest: np.ndarray = places[np.argsort(values[places], kind="stable")]
    return lowest


def _shorter(found: Measures) -> np.ndarray:
    shorter: np.ndarray = np.minimum(found.width, found.height)
    return shorter


def _oddness(found: Measures) -> np.ndarray:
    """How many times wider or taller than the median image."""
    aspect = found.width / found.height
    ratio = aspect / np.median(aspect)
    odd: np.ndarray = np.maximum(ratio, 1 / ratio)
    return odd
