"""ZCA whitening of images, from those of train; cached.

As kornia's `ZCAWhitening` with eps 0.1, which MTT and its followers use: levels in [0, 1], minus
the mean image, turned by the covariance's inverse root. Or, as in RFAD, without the mean, and with
a tenth of the mean variance added.
"""

from pathlib import Path

import numpy as np

from explorer.config import WHITENINGS
from explorer.core.whitening import Zca, second_moments, whitening_of
from explorer.errors import ConfigError
from explorer.progress import Progress, Report
from explorer.steps.pixels import Pixels
from explorer.store.step import Computed, Entry, Step, Work
from explorer.store.store import Store

MOST_SIDE = 48
"""Pixels of a side: the matrix has (3 x side x side) squared entries, and time grows with its third
power."""
_BLOCK = 2048


def whitening(
    train: Step[Pixels], kind: str, size: int, channels: int, n_images: int, store: Store
) -> Step[Zca] | None:
    """The transform of one of `WHITENINGS`, learned from train; None where images are not whitened.

    It is of images of this size, seen in so many channels.

    Raises:
        ConfigError: They are larger than `MOST_SIDE`.
    """
    if kind == WHITENINGS[0]:
        return None
    if size > MOST_SIDE:
        raise ConfigError(
            f"Images of {size} pixels are too large to whiten, {MOST_SIDE} are the most; lower "
            "image_size, or leave whitening out."
        )
    is_regularised = kind == WHITENINGS[2]

    def compute(scratch: Path, report: Report) -> Computed:
        image = store.fetch(train).seen_in(channels).image
        progress = Progress(report, "Whitening: covariance of images", len(image))
        total, squares = np.zeros(()), np.zeros(())
        for start in range(0, len(image), _BLOCK):
            part = image[start : start + _BLOCK]
            sums, products = second_moments(part.reshape(len(part), -1))
            total, squares = total + sums, squares + products
            progress.add(len(part))
        found = whitening_of(len(image), total, squares, is_regularised)
        spent = {("whitening", str(size)): progress.measured}
        return Computed(found._asdict(), spent=spent)

    def read(entry: Entry) -> Zca:
        return Zca(**{name: np.array(each) for name, each in entry.arrays.items()})

    inputs: dict[str, str | int] = {"pixels": train.key, "kind": kind}
    if channels != 3:  # as keys were before there were others
        inputs["channels"] = channels
    cost = (Work("pixels", "images to whiten", n_images, "whitening", str(size)),)
    return Step("whitening", 1, inputs, compute, read, cost)
