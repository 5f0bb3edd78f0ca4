"""Tables with a column for each pixel, as MNIST and Fashion-MNIST are given out on Kaggle.

`label,pixel0,pixel1,...` or `label,1x1,1x2,...`: as many pixels as a square has, row by row, each
from 0 to 255. A table without a column of classes, as one to be answered, is not read.
"""

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from explorer.data.left_out import place_of
from explorer.data.reading.arrays import Stack, check_size, reading_of
from explorer.data.reading.class_names import names_beside
from explorer.data.reading.field_names import LABELS
from explorer.data.reading.folder import all_files
from explorer.data.reading.text import head
from explorer.data.records import Reading
from explorer.data.splits import by_split
from explorer.errors import BadDataError

NAME = "CSV of pixels"
LAYOUT = "a .csv with `label` and a column for each pixel, such as `pixel0`"
_PIXEL = re.compile(r"(?:pixel|px)[ _]?(\d{1,6})", re.I)
_PLACE = re.compile(r"(\d{1,3})x(\d{1,3})")
_LEAST_SIDE = 4
_LOOKED_INTO = 100
"""Tables whose columns are looked at."""


class _Columns(NamedTuple):
    """What the first line of a table says."""

    separator: str
    label: str  # "" where there is none
    pixels: Sequence[str]
    side: int


def signs(folder: Path) -> list[Path]:
    return [path for path, columns in _tables(folder).items() if columns.label]


def _tables(folder: Path) -> dict[Path, _Columns]:
    paths = all_files(folder, "*.csv", deepest=1)[:_LOOKED_INTO]
    return {path: columns for path in paths if (columns := _columns(path))}


def read(folder: Path) -> Reading | None:
    tables = _tables(folder)
    paths = [path for path, columns in tables.items() if columns.label]
    if not paths:
        return None
    bad: list[tuple[Path, int]] = []
    files = by_split(folder, paths).items()
    stacks = [_stack(folder, path, tables[path], split or "train", bad) for split, path in files]
    reading = reading_of(stacks, names_beside(folder))
    if others := [path.name for path in tables if path not in paths]:
        reading.notes.append(f"Not read, for it has no column of classes: {', '.join(others)}.")
    for path, n_cells in bad:
        where = f"one of {n_cells} in {place_of(path)}"
        reading.left_out.add("rows with too few or too many columns", where)
    return reading


def _columns(path: Path) -> _Columns | None:
    """The columns of a table of pixels; None of others."""
    line, end, _ = head(path).lstrip("\n").partition("\n")
    separator = max(",;\t", key=line.count)
    names = [name.strip('"') for name in line.split(separator)]
    pixels = [name for name in names if _PIXEL.fullmatch(name) or _PLACE.fullmatch(name)]
    side = math.isqrt(len(pixels))
    label = next((name for name in names if name.strip().lower() in LABELS), "")
    if not end or side < _LEAST_SIDE or not _are_rows(pixels, side):
        return None
    return _Columns(separator, label, pixels, side)


def _are_rows(pixels: Sequence[str], side: int) -> bool:
    """Whether these are all pixels of a square, row by row."""
    numbers = [int(match[1]) for match in map(_PIXEL.fullmatch, pixels) if match]
    places = [(int(m[1]), int(m[2])) for m in map(_PLACE.fullmatch, pixels) if m]
    n, sides = side * side, (range(side), range(1, side + 1))
    squares = [[(y, x) for y in of for x in of] for of in sides]
    return len(pixels) == n and (numbers in ([*range(n)], [*range(1, n + 1)]) or places in squares)


def _stack(
    folder: Path, path: Path, columns: _Columns, split: str, bad: list[tuple[Path, int]]
) -> Stack:
    import pyarrow as pa  # late: the first page does not need it
    from pyarrow import csv

    def note(row: Any) -> str:
        bad.append((path, row.actual_columns))
        return "skip"

    check_size(path, (path.stat().st_size // 2,))  # a value takes two characters at least
    kinds = {columns.label: pa.int64(), **dict.fromkeys(columns.pixels, pa.uint8())}
    try:
        table = csv.read_csv(
            path,
            read_options=csv.ReadOptions(use_threads=False),  # or no error would tell its row
            parse_options=csv.ParseOptions(delimiter=columns.separator, invalid_row_handler=note),
            convert_options=csv.ConvertOptions(
                column_types=kinds, include_columns=list(kinds), null_values=[]
            ),
        )
    except (pa.ArrowException, OSError) as error:
        reason = str(error).partition("\n")[0]
        raise BadDataError(
            f"{path} cannot be read as pixels from 0 to 255 with a whole number as class: {reason}."
        ) from error
    image = np.stack([table[name].to_numpy() for name in columns.pixels], axis=1)
    name = path.relative_to(folder).as_posix()
    label = table[columns.label].to_numpy()
    return Stack(split, path, name, image.reshape(-1, columns.side, columns.side), label)
