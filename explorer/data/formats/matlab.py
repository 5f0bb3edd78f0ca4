"""SVHN's cropped digits, `train_32x32.mat`: X is (H, W, 3, n), y counts classes from 1 on.

Ten stands for the digit 0 there, where there are ten classes.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from explorer.data.reading.arrays import Stack, check_size, reading_of
from explorer.data.reading.class_names import names_beside
from explorer.data.reading.fields import NoFields
from explorer.data.reading.folder import all_files
from explorer.data.records import Reading
from explorer.data.splits import split_named
from explorer.errors import BadDataError

NAME = "SVHN's mat files"
LAYOUT = "train_32x32.mat and test_32x32.mat with X and y"
_ZERO = 10
"""Its label; `extra_32x32.mat` belongs to train."""


def signs(folder: Path) -> list[Path]:
    return [path for path in all_files(folder, "*.mat") if _has_fields(path)]


def _has_fields(path: Path) -> bool:
    try:
        return {"X", "y"} <= _shapes(path).keys()
    except BadDataError:
        return False


def read(folder: Path) -> Reading | None:
    paths = all_files(folder, "*.mat")
    found = [path for path in paths if {"X", "y"} <= _shapes(path).keys()]
    if not found:
        return None
    stacks = sorted((_stack(folder, path) for path in found), key=lambda each: each.split)
    classes = names_beside(folder)
    if _are_digits(stacks, classes):
        stacks = [e._replace(label=np.where(e.label == _ZERO, 0, e.label)) for e in stacks]
    return reading_of(stacks, classes)


def _are_digits(stacks: Sequence[Stack], classes: Sequence[str]) -> bool:
    """Whether there are ten classes from 1 to 10, and nothing says that the last is no digit 0."""
    labels = set().union(*(np.unique(each.label).tolist() for each in stacks))
    is_named_so = len(classes) != _ZERO or classes[0].lower() in ("0", "zero")
    return is_named_so and _ZERO in labels and labels <= set(range(1, _ZERO + 1))


def _shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """The variables of a file, before they are read."""
    from scipy.io import whosmat

    with _told(path):
        return {name: shape for name, shape, _ in whosmat(path)}


def _stack(folder: Path, path: Path) -> Stack:
    from scipy.io import loadmat

    shapes = _shapes(path)
    shape = shapes["X"]
    check_size(path, (shape[-1], *shape[:-1]))
    check_size(path, shapes["y"], 8)
    with _told(path):
        found = loadmat(path, variable_names=["X", "y"])
    image, label = np.asarray(found["X"]), np.asarray(found["y"]).reshape(-1)
    if image.ndim < 3 or label.dtype.kind not in "iu":
        raise BadDataError(
            f"{path} has X of {' x '.join(map(str, image.shape))} and y of {label.dtype}; wanted "
            "are height x width x 3 x number, and whole numbers."
        )
    label = label.astype(np.int64)
    name = path.relative_to(folder).as_posix()
    return Stack(split_named(path.stem) or "train", path, name, np.moveaxis(image, -1, 0), label)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Says in a sentence why a file cannot be read; it may lie beside data of another kind."""
    try:
        yield
    except NotImplementedError as error:
        why = f"{path} is of MATLAB 7.3, which is not read; save it with -v7."
        raise NoFields(path, why) from error
    except Exception as error:  # damaged files make scipy raise nearly anything
        reason = str(error) or type(error).__name__
        raise NoFields(path, f"{path} cannot be read as a mat file: {reason}.") from error
