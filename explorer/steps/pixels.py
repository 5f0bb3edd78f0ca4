"""The images of a split as pixels of one size: what is learned from, and what students see."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageOps

from explorer.engine.engine import HERE, Engine
from explorer.engine.image_pass import Network, pass_over
from explorer.progress import Report
from explorer.store.step import Computed, Entry, Step, Work
from explorer.types import Split

_LIGHT = (299, 587, 114)
"""What red, green and blue count in how light a pixel is, in thousandths (ITU-R 601)."""
_BLOCK = 4096


class Pixels(NamedTuple):
    """One split; images that could not be read are left out."""

    key: str
    image: np.ndarray  # (n, 3, S, S) uint8, memory-mapped
    number: np.ndarray  # (n,) int64, the number of each image in its split
    mean: np.ndarray  # (3,) float32, of each channel in [0, 1]
    std: np.ndarray  # (3,) float32
    skipped: list[str]  # names and reasons
    n_hidden: int = 0  # images whose colours one channel does not show

    def seen_in(self, channels: int) -> "Pixels":
        """The same with one channel, how light each pixel is, or with all three.

        Grey images stay memory-mapped.
        """
        if channels == self.image.shape[1]:
            return self
        if n := n_coloured(self.image):
            image = np.concatenate([_light(part) for part in _blocks(self.image)])
            mean, std = channel_statistics(image)
            return self._replace(image=image, mean=mean, std=std, n_hidden=n)
        return self._replace(image=self.image[:, :1], mean=self.mean[:1], std=self.std[:1])


def pixels(split: Split, size: int, what: str, engine: Engine = HERE) -> Step[Pixels]:
    """Opens each image once, as S x S pixels; the middle of a wide or tall one is cut out.

    `what` names the split in the progress line.
    """

    def prepare(image: Image.Image) -> np.ndarray:
        if image.size != (size, size):
            image = ImageOps.fit(image, (size, size), Image.Resampling.BICUBIC)
        return np.asarray(image.convert("RGB")).transpose(2, 0, 1)

    def compute(scratch: Path, report: Report) -> Computed:
        network = Network("pixels", prepare, np.stack)
        doing = f"Reading {what} images"
        every = range(split.n_images)
        found = pass_over(scratch, split, every, [network], doing, report, engine=engine)
        mean, std = channel_statistics(np.load(found.arrays["pixels"], mmap_mode="r"))
        arrays: dict[str, np.ndarray | Path] = {**found.arrays, "mean": mean, "std": std}
        return Computed(arrays, {"skipped": found.skipped}, {("pixels", ""): found.measured})

    def read(entry: Entry) -> Pixels:
        image, number = entry.arrays["pixels"], entry.arrays["picture"]
        mean, std = (np.array(entry.arrays[each]) for each in ("mean", "std"))
        return Pixels(entry.key, image, number, mean, std, entry.notes["skipped"])

    inputs = {"images": split.fingerprint, "size": size}
    cost = (Work("pixels", "images to read", split.n_images, "pixels"),)
    return Step("pixels", 1, inputs, compute, read, cost)


def n_coloured(image: np.ndarray) -> int:
    """How many of (n, 3, S, S) images are not grey."""
    coloured = ((part != part[:, :1]).any(axis=(1, 2, 3)) for part in _blocks(image))
    return sum(int(each.sum()) for each in coloured)


def _light(image: np.ndarray) -> np.ndarray:
    """(n, 1, S, S), how light (n, 3, S, S) levels are, rounded; of grey ones their level."""
    weighed = image.astype(np.int64) * np.array(_LIGHT)[:, None, None]
    found: np.ndarray = (weighed.sum(axis=1, keepdims=True) + 500) // 1000
    return found.astype(np.uint8)


def _blocks(image: np.ndarray) -> Iterator[np.ndarray]:
    return (image[start : start + _BLOCK] for start in range(0, len(image), _BLOCK))


def channel_statistics(image: np.ndarray, block: int = _BLOCK) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of each of C channels, as (C,) float32 in [0, 1].

    A channel that never changes has the deviation 1, so that it can be divided by.

    Args:
        image: (n, C, S, S) uint8.
        block: Images added up at once; sums of whole numbers are exact, whatever it is.
    """
    n_channels = image.shape[1]
    total, squares = np.zeros(n_channels), np.zeros(n_channels)
    for start in range(0, len(image), block):
        levels = image[start : start + block].astype(np.int64)
        total += levels.sum(axis=(0, 2, 3))
        squares += (levels**2).sum(axis=(0, 2, 3))
    n = max(image.size // n_channels, 1)
    mean = total / n
    std = np.sqrt(np.maximum(squares / n - mean**2, 0))
    std[std == 0] = 255
    return (mean / 255).astype(np.float32), (std / 255).astype(np.float32)
