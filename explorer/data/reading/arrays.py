"""Images as rows of arrays, as files of MNIST, CIFAR, SVHN and MedMNIST hold them."""

import io
import math
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from explorer.data.left_out import LeftOut
from explorer.data.reading.folder import file_stamp
from explorer.data.reading.unread import missing_files
from explorer.data.records import NOTHING, Reading, Record
from explorer.errors import BadDataError

MOST_BYTES = 2 << 30
"""Of the images of one file, which may be held in memory."""
MOST_SIDE = 4096


class Stack(NamedTuple):
    """The images of one file, and what each shows."""

    split: str
    path: Path
    name: str  # of the file, for people
    image: np.ndarray  # (n, H, W) or (n, H, W, 3) uint8
    label: np.ndarray  # (n,) int
    columns: Mapping[str, Sequence[Any]] = NOTHING  # (n,) each, what else is said
    turned: str = ""  # how the images differ from those in the file; a part of their stamps


class _Place(NamedTuple):
    stack: int
    row: int


class ArrayImages:
    """Images in arrays; a `Source`."""

    is_file = False

    def __init__(self, stacks: Sequence[Stack]) -> None:
        self._images = [each.image for each in stacks]
        self._stamps = [file_stamp(each.path) + each.turned for each in stacks]

    def open(self, place: _Place) -> Image.Image:
        return Image.fromarray(np.ascontiguousarray(self._row(place))).convert("RGB")

    def length(self, place: _Place) -> int:
        """The same of equal images, and hardly of others."""
        return zlib.crc32(self._row(place).tobytes())

    def content(self, place: _Place) -> bytes:
        """The image as PNG, which keeps every level."""
        file = io.BytesIO()
        Image.fromarray(np.ascontiguousarray(self._row(place))).save(file, "PNG")
        return file.getvalue()

    def stamp(self, place: _Place) -> str:
        return f"{self._stamps[place.stack]}:{place.row}"

    def _row(self, place: _Place) -> np.ndarray:
        row: np.ndarray = self._images[place.stack][place.row]
        return row


def reading_of(
    stacks: Sequence[Stack], classes: Sequence[str] = (), files: Sequence[Path] = ()
) -> Reading:
    """What stands in these files; stacks of one split follow each other.

    `classes` names what labels count from 0 on, or from 1, if anything does; `files` are all that
    belong to the dataset.

    Raises:
        BadDataError: Images and labels of a file differ in number, or it has no image.
    """
    for each in stacks:
        check_stack(each)
    stacks, notes = list(stacks), []
    if classes and _counted(stacks) == (1, len(classes)):
        stacks = [each._replace(label=each.label - 1) for each in stacks]
        notes.append("Labels count from 1.")
    notes += missing_files([each.path for each in stacks])
    left_out = LeftOut()
    return Reading(
        _records(stacks),
        ArrayImages(stacks),
        notes,
        left_out,
        files=[*dict.fromkeys((*files, *(each.path for each in stacks)))],
        classes=classes,
    )


def _counted(stacks: Sequence[Stack]) -> tuple[int, int]:
    """The least and the greatest label of all."""
    ranges = [(int(each.label.min()), int(each.label.max())) for each in stacks]
    return min(least for least, _ in ranges), max(most for _, most in ranges)


def check_stack(stack: Stack) -> None:
    """Refuses what is no stack of images with a label each."""
    shape = stack.image.shape
    is_grey_or_colour = len(shape) == 3 or (len(shape) == 4 and shape[3] == 3)
    if not is_grey_or_colour or stack.image.dtype != np.uint8:
        raise BadDataError(
            f"{stack.path} holds an array of {' x '.join(map(str, shape))} {stack.image.dtype}; "
            "images are number x height x width (x 3) of uint8."
        )
    if len(shape) < 3 or not len(stack.image):
        raise BadDataError(f"{stack.path} has no images.")
    if stack.label.shape != (len(stack.image),):
        raise BadDataError(
            f"{stack.path} has {len(stack.image):,} images and labels of the shape "
            f"{' x '.join(map(str, stack.label.shape))}; one label each is needed."
        )


def check_size(path: Path, shape: Sequence[int], itemsize: int = 1) -> None:
    """Refuses an array before it is read, by the shape that its file tells."""
    size = math.prod(shape) * itemsize
    is_large = size > MOST_BYTES or max(shape[1:3], default=0) > MOST_SIDE
    if is_large or min(shape, default=0) < 0:
        raise BadDataError(
            f"{path} says that it holds an array of {' x '.join(map(str, shape))}, which is more "
            f"than {MOST_BYTES >> 30} GiB, or than {MOST_SIDE:,} pixels of a side."
        )


def _records(stacks: Sequence[Stack]) -> Iterator[Record]:
    for number, each in enumerate(stacks):
        for row, label in enumerate(each.label.tolist()):
            said = {name: values[row] for name, values in each.columns.items()}
            place = _Place(number, row)
            yield Record(each.split, f"{each.name}/{row}", (), place, str(label), said)
