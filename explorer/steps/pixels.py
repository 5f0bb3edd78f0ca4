"""The images of a split as pixels of one size: what is learned from, and what students see."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageOps

from explorer.engine.engine import HERE, Engine
from explorer.engine.image_pass import Network, pass_over
from explorer.progress import Report
from explorer.store.step import Computed, Entry, Step, Work
from explorer.types import Split


class Pixels(NamedTuple):
    """One split; images that could not be read are left out."""

    key: str
    image: np.ndarray  # (n, 3, S, S) uint8, memory-mapped
    number: np.ndarray  # (n,) int64, the number of each image in its split
    mean: np.ndarray  # (3,) float32, of each channel in [0, 1]
    std: np.ndarray  # (3,) float32
    skipped: list[str]  # names and reasons


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


def channel_statistics(image: np.ndarray, block: int = 4096) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of each channel, as (3,) float32 in [0, 1].

    A channel that never changes has the deviation 1, so that it can be divided by.

    Args:
        image: (n, 3, S, S) uint8.
        block: Images added up at once; sums of whole numbers are exact, whatever it is.
    """
    total, squares = np.zeros(3), np.zeros(3)
    for start in range(0, len(image), block):
        levels = image[start : start + block].astype(np.int64)
        total += levels.sum(axis=(0, 2, 3))
        squares += (levels**2).sum(axis=(0, 2, 3))
    n = max(image.size // 3, 1)
    mean = total / n
    std = np.sqrt(np.maximum(squares / n - mean**2, 0))
    std[std == 0] = 255
    return (mean / 255).astype(np.float32), (std / 255).astype(np.float32)
