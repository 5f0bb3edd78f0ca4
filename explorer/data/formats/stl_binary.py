"""STL-10 as binary files: `train_X.bin` with 3 x 96 x 96 levels an image, and `train_y.bin`.

Channels follow each other, and in each of them its columns from left to right. Labels count from 1,
in the order of `class_names.txt`.
"""

import re
from pathlib import Path

import numpy as np

from explorer.data.reading.arrays import Stack, check_size, reading_of
from explorer.data.reading.class_names import names_beside
from explorer.data.reading.folder import all_files
from explorer.data.records import Reading
from explorer.data.splits import split_called
from explorer.errors import BadDataError

NAME = "STL-10's binary files"
LAYOUT = "train_X.bin, train_y.bin, test_X.bin, test_y.bin and class_names.txt"
_SIDE = 96
_PIXELS = 3 * _SIDE * _SIDE
_IMAGES = re.compile(r"([a-z]+)_X\.bin")
_UNLABELLED = "unlabeled"


def signs(folder: Path) -> list[Path]:
    return [*_pairs(folder), *_pairs(folder).values()]


def _pairs(folder: Path) -> dict[Path, Path]:
    """The file of labels of each file of images."""
    found = (path for path in all_files(folder, "*_x.bin") if _IMAGES.fullmatch(path.name))
    pairs = {path: path.with_name(path.name.replace("_X.", "_y.")) for path in found}
    return {images: labels for images, labels in pairs.items() if labels.is_file()}


def read(folder: Path) -> Reading | None:
    pairs = _pairs(folder)
    if not pairs:
        return None
    if len({path.parent for path in pairs}) > 1:
        raise BadDataError(f"{', '.join(map(str, pairs))}: keep one dataset per folder.")
    place = next(iter(pairs)).parent
    classes = names_beside(place)
    stacks = [_stack(folder, *pair, is_named=bool(classes)) for pair in pairs.items()]
    reading = reading_of(stacks, classes, signs(folder))
    for path in all_files(place, f"{_UNLABELLED}_x.bin", deepest=0):
        n = path.stat().st_size // _PIXELS
        reading.left_out.add("images in a file without labels", path.name, n)
    return reading


def _stack(folder: Path, images: Path, labels: Path, is_named: bool) -> Stack:
    n, rest = divmod(images.stat().st_size, _PIXELS)
    if rest or labels.stat().st_size != n:
        raise BadDataError(
            f"{images} does not hold whole images of STL-10, each {_PIXELS:,} bytes, or {labels} "
            "not a byte for each; one may be cut."
        )
    called = _IMAGES.fullmatch(images.name)
    split = split_called(called[1]) if called else None
    if split is None:
        raise BadDataError(f"{images} is called as no split; call it train_X.bin or test_X.bin.")
    shape = (n, 3, _SIDE, _SIDE)
    check_size(images, shape)
    image = np.memmap(images, np.uint8, "r", shape=shape) if n else np.empty(shape, np.uint8)
    label = np.fromfile(labels, np.uint8).astype(np.int64) - is_named
    name = images.relative_to(folder).as_posix()
    return Stack(split, images, name, image.transpose(0, 3, 2, 1), label)
