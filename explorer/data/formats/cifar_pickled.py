"""CIFAR-10 and CIFAR-100 as Python wrote them, and what is made like them, such as small ImageNet.

The files are pickles without a suffix; they are read without running anything of them. Each is a
dict of `data`, (n, 3 x S x S) levels, and `labels`, `fine_labels` or `coarse_labels`.
"""

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from explorer.data.left_out import shortened
from explorer.data.reading.arrays import Stack, check_size, reading_of
from explorer.data.reading.class_names import checked
from explorer.data.reading.folder import all_files
from explorer.data.reading.pickled import read_pickle
from explorer.data.records import Reading
from explorer.data.splits import split_named
from explorer.errors import BadDataError

NAME = "CIFAR's Python batches"
LAYOUT = "data_batch_1 ... and test_batch, or train and test, with batches.meta or meta"
_FILES = ("*data_batch_*", "test_batch", "train", "test", "val_data")
_META = ("batches.meta", "meta")
_LABELS = ("labels", "fine_labels", "coarse_labels")
_NAMES = ("label_names", "fine_label_names", "coarse_label_names")
_BEGINS = re.compile(rb"\x80[\x02-\x05]|\(dp|\}q")
"""How pickles of a dict begin, whatever their version."""


def signs(folder: Path) -> list[Path]:
    return [path for path in all_files(folder, *_FILES) if _is_pickle(path)]


def _is_pickle(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return bool(_BEGINS.match(file.read(8)))
    except OSError:
        return False


def read(folder: Path) -> Reading | None:
    paths = signs(folder)
    if not paths:
        return None
    if len({path.parent for path in paths}) > 1:
        raise BadDataError(f"{paths[0]} and {paths[-1]} lie apart; keep one dataset per folder.")
    batches = {path: _batch(path) for path in paths}
    field = _field(batches)
    names = _names(paths[0].parent, field)
    coarse = _names(paths[0].parent, "coarse_labels") if field == "fine_labels" else []
    stacks = [_stack(folder, path, each, field, coarse) for path, each in batches.items()]
    return reading_of(sorted(stacks, key=lambda each: each.split), names)


def _batch(path: Path) -> Mapping[str, Any]:
    batch = read_pickle(path)
    if not isinstance(batch, dict) or not isinstance(batch.get("data"), np.ndarray):
        said = ", ".join(map(str, batch)) if isinstance(batch, dict) else type(batch).__name__
        raise BadDataError(
            f"{path} has no array `data` beside its labels, as batches of CIFAR do; it holds "
            f"{shortened(said) or 'nothing'}."
        )
    return batch


def _field(batches: Mapping[Path, Mapping[str, Any]]) -> str:
    """What labels are called in all files."""
    for name in _LABELS:
        if all(name in batch for batch in batches.values()):
            return name
    wanted = ", ".join(f"`{name}`" for name in _LABELS)
    raise BadDataError(f"{next(iter(batches))} and its fellows have no labels; wanted is {wanted}.")


def _names(folder: Path, field: str) -> list[str]:
    """Names of the classes that a field counts; none where nothing says them."""
    path = next((folder / name for name in _META if (folder / name).is_file()), None)
    about = read_pickle(path) if path else {}
    names = about.get(_NAMES[_LABELS.index(field)]) if isinstance(about, dict) else None
    if not isinstance(names, list):
        return []
    return checked([_decoded(each) for each in names], path)


def _decoded(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _stack(
    folder: Path, path: Path, batch: Mapping[str, Any], field: str, coarse: list[str]
) -> Stack:
    data, side = batch["data"], math.isqrt(batch["data"].shape[-1] // 3)
    check_size(path, data.shape)
    if data.ndim != 2 or data.dtype != np.uint8 or side * side * 3 != data.shape[1]:
        raise BadDataError(
            f"{path} has `data` of {' x '.join(map(str, data.shape))} {data.dtype}; rows of "
            "3 x S x S bytes are needed."
        )
    image = data.reshape(-1, 3, side, side).transpose(0, 2, 3, 1)
    label = _numbers(path, batch[field])
    columns = {}
    if coarse and "coarse_labels" in batch:
        numbers = _numbers(path, batch["coarse_labels"]).tolist()
        columns["coarse_label"] = [coarse[n] if n < len(coarse) else "" for n in numbers]
    name = path.relative_to(folder).as_posix()
    return Stack(split_named(path.name) or "train", path, name, image, label, columns)


def _numbers(path: Path, values: object) -> np.ndarray:
    try:
        found = np.asarray(values)
    except ValueError:  # lists of different lengths
        found = np.empty((0, 0))
    if found.ndim != 1 or found.dtype.kind not in "iu" or (found < 0).any():
        raise BadDataError(f"{path} has labels that are no whole numbers from 0 on.")
    return found.astype(np.int64)
