"""CIFAR-10 and CIFAR-100 as binary files: a byte or two of labels, then 3 x 32 x 32 levels."""

import re
from pathlib import Path

import numpy as np

from explorer.data.reading.arrays import Stack, reading_of
from explorer.data.reading.class_names import names_beside
from explorer.data.reading.folder import all_files
from explorer.data.records import NOTHING, Reading
from explorer.data.splits import split_named
from explorer.errors import BadDataError

NAME = "CIFAR's binary files"
LAYOUT = "data_batch_1.bin ... and test_batch.bin, or train.bin and test.bin"
_PIXELS = 3 * 32 * 32
_OWN_NAME = re.compile(r"(data_batch_\d+|test_batch)\.bin", re.I)
_KINDS = (("batches.meta.txt", (10,)), ("fine_label_names.txt", (20, 100)))
"""What names the classes, and how many there are by each byte of labels; the last byte counts."""


def signs(folder: Path) -> list[Path]:
    return [path for path in all_files(folder, "*.bin") if _kind(path) is not None]


def read(folder: Path) -> Reading | None:
    found = {path: kind for path in signs(folder) if (kind := _kind(path)) is not None}
    if not found:
        return None
    if len(set(found.values())) > 1 or len({path.parent for path in found}) > 1:
        names = ", ".join(str(path) for path in list(found)[:3])
        raise BadDataError(f"{names}: keep one dataset per folder.")
    kind, place = next(iter(found.values())), next(iter(found)).parent
    named_by, _ = _KINDS[kind]
    classes = names_beside(place, [named_by]) or names_beside(place)
    coarse = names_beside(place, ["coarse_label_names.txt"]) if kind else []
    stacks = [_stack(folder, path, kind, coarse) for path in found]
    return reading_of(sorted(stacks, key=lambda each: each.split), classes)


def _kind(path: Path) -> int | None:
    """Its place in `_KINDS`; None where it holds something else, which a name may forbid."""
    size = path.stat().st_size
    for kind, (_, counts) in enumerate(_KINDS):
        if size and size % (_PIXELS + len(counts)) == 0:
            labels = _rows(path, kind)[:, : len(counts)]
            if (labels < np.array(counts)).all():
                return kind
    if _OWN_NAME.fullmatch(path.name):
        raise BadDataError(
            f"{path} does not hold whole images of CIFAR, each a label and {_PIXELS:,} bytes; it "
            "may be cut."
        )
    return None


def _rows(path: Path, kind: int) -> np.ndarray:
    length = _PIXELS + len(_KINDS[kind][1])
    return np.memmap(path, np.uint8, "r", shape=(path.stat().st_size // length, length))


def _stack(folder: Path, path: Path, kind: int, coarse: list[str]) -> Stack:
    rows, n_labels = _rows(path, kind), len(_KINDS[kind][1])
    image = rows[:, n_labels:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    label = rows[:, n_labels - 1].astype(np.int64)
    columns = NOTHING
    if len(coarse) >= 20:
        columns = {"coarse_label": [coarse[number] for number in rows[:, 0].tolist()]}
    name = path.relative_to(folder).as_posix()
    return Stack(split_named(path.stem) or "train", path, name, image, label, columns)
