"""An animation of the images of labelled data while they are learned, of every method that learns.

    python -m benchmarks.forming digits --out my-sets

A row is a method, a column a class, of which the first image is shown; all begin and end together,
whatever number of steps they take. Settings are those of `benchmarks.labelled_sweep`. Sets and
their moments stay in the folder, so that the same command goes on.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks.labelled_sweep import settings_of
from explorer.methods.base import Method
from explorer.methods.registry import methods_for
from explorer.progress import NOBODY
from explorer.runs.config import RunConfig
from explorer.runs.distill import distill
from explorer.runs.opening import open_run
from explorer.sets.folder import DistilledSet
from explorer.store.store import Store
from explorer.tasks.classification import TASK

FIGURE = Path(__file__).resolve().parents[1] / "docs" / "forming.gif"
FRAMES = 21
MILLISECONDS, LAST = 140, 2400
SIDE, GAP, NAMES = 24, 2, 118
"""Pixels of an image, between two, and of the names at the left of each half."""
PAPER, INK, COLOURS = "#ffffff", "#1d1c19", 32


def frames_of(method: Method, data: str, cache: Path, folder: Path) -> np.ndarray:
    """(FRAMES, classes, SIDE, SIDE, 3) uint8, evenly over the moments that a run keeps."""
    config = RunConfig(
        data=data, task=TASK.name, method=method.name, settings=settings_of(method), size=1
    )
    opened = open_run(Store(cache), config, "cpu", NOBODY, "distill")
    distill(opened, config, folder / "set", folder / "moments")
    n = opened.dataset.n_classes
    moments = sorted((folder / "moments").iterdir())
    found = [_first_of_each(DistilledSet(each), n) for each in moments]
    return np.stack([found[round(at)] for at in np.linspace(0, len(found) - 1, FRAMES)])


def _first_of_each(moment: DistilledSet, n_classes: int) -> np.ndarray:
    """By place: images lie class after class, and learned labels may say another one."""
    rows = moment.rows()
    each = len(rows) // n_classes
    return np.stack([_tile(moment.images / row.file_name) for row in rows[::each]])


def _tile(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.NEAREST))


def drawn(by_name: dict[str, np.ndarray]) -> Iterator[Image.Image]:
    """The frames of the animation, methods in two halves beside each other."""
    n_classes, n_rows = next(iter(by_name.values())).shape[1], -(-len(by_name) // 2)
    half = NAMES + n_classes * (SIDE + GAP) + 4 * GAP
    font = ImageFont.load_default(13)
    for at in range(FRAMES):
        sheet = Image.new("RGB", (2 * half, n_rows * (SIDE + GAP) + GAP), PAPER)
        pen = ImageDraw.Draw(sheet)
        for number, (name, frames) in enumerate(by_name.items()):
            left, top = number // n_rows * half, number % n_rows * (SIDE + GAP) + GAP
            pen.text((left + NAMES - 8, top + SIDE / 2), name, INK, font, anchor="rm")
            for column, tile in enumerate(frames[at]):
                sheet.paste(Image.fromarray(tile), (left + NAMES + column * (SIDE + GAP), top))
        yield sheet.quantize(COLOURS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path("cache"))
    options = parser.parse_args()
    done: dict[str, np.ndarray] = {}
    for method in methods_for(TASK.name):
        if not method.learns or method.encodes_classes or method.reads_captions:
            continue
        frames = frames_of(method, options.data, options.cache, options.out / method.name)
        if (frames != frames[0]).any():  # not class means, nor images whose labels are learned
            done[method.name] = frames
        print(method.name, flush=True)
    first, *others = drawn(done)
    times = [MILLISECONDS] * (FRAMES - 1) + [LAST]
    first.save(FIGURE, save_all=True, append_images=others, duration=times, loop=0)


if __name__ == "__main__":
    main()
