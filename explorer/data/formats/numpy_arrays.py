"""Arrays of images with labels in one `.npz`, as MedMNIST and Keras's MNIST are given out.

Arrays are called `train_images` and `train_labels`, or `x_train` and `y_train`, val and test too;
or `images` and `labels`, or `x` and `y`, where there are no splits.
"""

import re
import tokenize
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from explorer.data.left_out import shortened
from explorer.data.reading.arrays import Stack, check_size, reading_of
from explorer.data.reading.class_names import names_beside
from explorer.data.reading.fields import NoFields
from explorer.data.reading.folder import all_files
from explorer.data.records import Reading
from explorer.data.splits import SPLITS, split_called
from explorer.errors import BadDataError

NAME = "NumPy arrays with labels"
LAYOUT = "a .npz with train_images and train_labels, or x_train and y_train"
_CALLED = re.compile(
    r"(?:(?P<before>[a-z]+)_)?(?P<what>images?|labels?)|(?P<short>[xy])(?:_(?P<after>[a-z]+))?"
)
_WHAT = {"x": "image", "y": "label"}
_DAMAGED = (
    OSError,
    ValueError,
    EOFError,
    KeyError,
    NotImplementedError,
    SyntaxError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
    tokenize.TokenError,
)
"""What an archive raises that is not as it was written."""


_LOOKED_INTO = 20


class _Told(NamedTuple):
    """What an array says of itself before it is read."""

    shape: tuple[int, ...]
    kind: np.dtype


def signs(folder: Path) -> list[Path]:
    return [path for path in all_files(folder, "*.npz") if _has_arrays(path)]


def _has_arrays(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as file:
            return bool(_arrays(file.namelist()))
    except _DAMAGED:
        return False


def read(folder: Path) -> Reading | None:
    paths = signs(folder)
    if not paths:
        _refuse_images_alone(folder)
        return None
    if len(paths) > 1:
        raise BadDataError(f"{paths[0]} and {paths[1]}: keep one dataset per folder.")
    (path,) = paths
    try:
        stacks = _stacks(folder, path)
    except _DAMAGED as error:
        raise BadDataError(f"{path} cannot be read as arrays: {error}.") from error
    reading = reading_of(stacks, names_beside(path.parent))
    if unread := _unread(path):
        reading.notes.append(f"Arrays of {path.name} that are not read: {shortened(unread)}.")
    return reading


def _refuse_images_alone(folder: Path) -> None:
    """Tells of images in an archive of their own, as those of KMNIST are.

    Raises:
        NoFields: There is one.
    """
    for path in all_files(folder, "*.npz")[:_LOOKED_INTO]:
        told = _only(path)
        if told and len(told.shape) in (3, 4) and told.kind == np.uint8:
            raise NoFields(
                path,
                f"{path} holds images and not their labels; write both into one .npz, as "
                "train_images and train_labels, and test_images and test_labels.",
            )


def _only(path: Path) -> _Told | None:
    """What the only array of an archive says of itself."""
    try:
        with zipfile.ZipFile(path) as file:
            names = file.namelist()
            return _told(file, names[0]) if len(names) == 1 else None
    except _DAMAGED:
        return None


def _unread(path: Path) -> str:
    """The names of the arrays that belong to no pair of images and labels."""
    with zipfile.ZipFile(path) as file:
        names = file.namelist()
    used = {name for arrays in _arrays(names).values() for name in arrays.values()}
    return ", ".join(name.removesuffix(".npy") for name in names if name not in used)


def _arrays(names: list[str]) -> dict[str, dict[str, str]]:
    """Names of the arrays of each split that has both, by "image" and "label".

    Those that name no split are train's where no others are there.
    """
    found: dict[str, dict[str, str]] = {}
    for name in names:
        called = _CALLED.fullmatch(name.removesuffix(".npy").lower())
        if called is None:
            continue
        said = called["before"] or called["after"]
        split = split_called(said) if said else ""
        what = _WHAT[called["short"]] if called["short"] else called["what"].removesuffix("s")
        if split is not None:
            found.setdefault(split, {})[what] = name
    whole = {split: arrays for split, arrays in found.items() if len(arrays) == 2}
    named = {split: whole[split] for split in SPLITS if split in whole}
    return named or ({"train": whole[""]} if whole else {})


def _stacks(folder: Path, path: Path) -> list[Stack]:
    with zipfile.ZipFile(path) as file:
        found = _arrays(file.namelist())
        return [_stack(folder, path, file, split, names) for split, names in found.items()]


def _stack(
    folder: Path, path: Path, file: zipfile.ZipFile, split: str, names: Mapping[str, str]
) -> Stack:
    image, label = (_array(path, file, names[what]) for what in ("image", "label"))
    if label.ndim == 2 and label.shape[1] > 1:
        raise BadDataError(
            f"{path} has {label.shape[1]} labels for each image of {split}; one is needed."
        )
    if image.ndim == 4 and image.shape[3] not in (1, 3):
        raise BadDataError(
            f"{path} holds {' x '.join(map(str, image.shape[1:]))} for each image of {split}; "
            "wanted are height x width, or height x width x 3."
        )
    if label.dtype.kind not in "iu":
        raise BadDataError(f"{path} has labels of {label.dtype}; whole numbers are needed.")
    image = image[..., 0] if image.ndim == 4 and image.shape[3] == 1 else image
    name = f"{path.relative_to(folder).as_posix()}/{split}"
    return Stack(split, path, name, image, label.reshape(-1).astype(np.int64))


def _array(path: Path, file: zipfile.ZipFile, name: str) -> np.ndarray:
    """An array whose size was looked at first; pickles in it are not read."""
    told = _told(file, name)
    if told.kind.hasobject:
        raise BadDataError(
            f"{path} holds Python objects in {name}, which are not read; save it as plain numbers."
        )
    check_size(path, told.shape, told.kind.itemsize)
    with file.open(name) as array:
        found: np.ndarray = np.lib.format.read_array(array, allow_pickle=False)
        return found


def _told(file: zipfile.ZipFile, name: str) -> _Told:
    with file.open(name) as array:
        version = np.lib.format.read_magic(array)
        read = np.lib.format.read_array_header_1_0
        if version != (1, 0):
            read = np.lib.format.read_array_header_2_0
        shape, _, kind = read(array)
    return _Told(shape, kind)
