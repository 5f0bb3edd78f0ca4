"""What is measured of the images themselves: size, brightness, sharpness; cached."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from explorer.engine.image_pass import Network, pass_over
from explorer.progress import Report
from explorer.store.step import Computed, Entry, Step, Work
from explorer.types import Split

LOOKED_AT = 256
"""Longest side in pixels at which brightness and sharpness are measured, so that they compare."""


class Measures(NamedTuple):
    """Of the n images of a split that could be read; (n,) float32 each."""

    width: np.ndarray  # pixels
    height: np.ndarray
    brightness: np.ndarray  # mean level of grey in [0, 1]
    sharpness: np.ndarray  # deviation of the Laplacian of the grey levels, in [0, 1]; 0 is flat
    number: np.ndarray  # (n,) int64, of each image in its split


def measures(split: Split) -> Step[Measures]:
    """Opens each image once."""

    def compute(scratch: Path, report: Report) -> Computed:
        network = Network("measured", measure, np.stack)
        found = pass_over(scratch, split, range(split.n_images), [network], "Measuring", report)
        spent = {("measures", ""): found.measured}
        return Computed(found.arrays, {"skipped": found.skipped}, spent)

    def read(entry: Entry) -> Measures:
        width, height, brightness, sharpness = entry.arrays["measured"].T
        return Measures(width, height, brightness, sharpness, entry.arrays["picture"])

    cost = (Work("measures", "images to measure", split.n_images, "measures"),)
    return Step("measures", 1, {"images": split.fingerprint}, compute, read, cost)


def measure(image: Image.Image) -> np.ndarray:
    """(4,) float32: width, height, brightness, sharpness, as in `Measures`.

    Sharpness is that of Pech-Pacheco et al. (ICPR 2000), as a deviation instead of a variance.

    Examples:
        >>> measure(Image.new("RGB", (8, 4), "white")).tolist()
        [8.0, 4.0, 1.0, 0.0]
    """
    grey = image.convert("L")
    grey.thumbnail((LOOKED_AT, LOOKED_AT), Image.Resampling.BILINEAR)
    level = np.asarray(grey, dtype=np.float32) / 255
    around = np.pad(level, 1, mode="edge")
    edges = around[:-2, 1:-1] + around[2:, 1:-1] + around[1:-1, :-2] + around[1:-1, 2:] - 4 * level
    return np.array([*image.size, level.mean(), edges.std()], dtype=np.float32)
