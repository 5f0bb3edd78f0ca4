"""Handwritten digits of 8 x 8 pixels, which scikit-learn brings along."""

from functools import cache, partial

import numpy as np
from PIL import Image

from explorer.types import Dataset, Labelled

SIZES = {"train": 1297, "val": 200, "test": 300}
_BRIGHTEST = 16  # level of a white pixel in the source
_VERSION = 1
"""Raised when the same split starts to hold other images."""


def open_digits() -> Dataset:
    """The 1,797 digits of the UCI test set, split by a draw that never changes."""
    _, labels = _source()
    order = np.random.default_rng(0).permutation(len(labels))
    parts = np.split(order, np.cumsum(list(SIZES.values()))[:-1])
    splits = {
        name: Labelled(
            labels=labels[rows],
            classes=[str(digit) for digit in range(10)],
            image_names=[f"{name}/{place:04d}" for place in range(len(rows))],
            open_image=partial(_open, rows),
            fingerprint=f"digits-{_VERSION}-{name}",
        )
        for name, rows in zip(SIZES, parts, strict=True)
    }
    total = ", ".join(f"{count:,} {name}" for name, count in SIZES.items())
    return Dataset(name="Digits", found=f"Handwritten digits: {total} images.", splits=splits)


def _open(rows: np.ndarray, i: int) -> Image.Image:
    levels, _ = _source()
    return Image.fromarray(levels[rows[i]]).convert("RGB")


@cache
def _source() -> tuple[np.ndarray, np.ndarray]:
    """(N, 8, 8) uint8 levels and (N,) int64 digits."""
    from sklearn.datasets import load_digits  # late: it is slow to import

    found = load_digits()
    levels = np.rint(found.images * (255 / _BRIGHTEST)).astype(np.uint8)
    return levels, found.target.astype(np.int64)
