"""Rows of a CSV file, and of what is nearly one."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from explorer.errors import BadDataError
from explorer.pipeline.datasets.folder import read_text

_SEPARATORS = ",|\t;"


def read_table(path: Path, left_out: Counter[str]) -> tuple[list[str], Iterator[dict[str, str]]]:
    """The columns that the first line names, and the rows by column.

    Captions are free text, and files often break their own rules: separators in the last column
    belong to it; between `|` quotes mean nothing, and a line without any belongs to the line
    before; other rows with too few columns are counted in `left_out`.
    """
    text = read_text(path).lstrip()
    separator = max(_SEPARATORS, key=text.partition("\n")[0].count)
    rows = _rows(path, text, separator)
    columns = [column.strip() for column in next(rows, [])]
    return columns, _by_column(columns, rows, separator, left_out)


def _rows(path: Path, text: str, separator: str) -> Iterator[list[str]]:
    lines = io.StringIO(text, newline="")
    try:
        if separator == "|":
            yield from _glued(csv.reader(lines, delimiter=separator, quoting=csv.QUOTE_NONE))
        else:
            yield from csv.reader(lines, delimiter=separator)
    except csv.Error as error:
        raise BadDataError(f"{path} is no table: {error}.") from error


def _by_column(
    columns: Sequence[str], rows: Iterable[list[str]], separator: str, left_out: Counter[str]
) -> Iterator[dict[str, str]]:
    last = len(columns) - 1
    for row in rows:
        if len(row) > last:
            cells = [*row[:last], separator.join(row[last:])]
            yield dict(zip(columns, cells, strict=True))
        elif row:
            left_out["rows with too few columns"] += 1


def _glued(rows: Iterable[list[str]]) -> Iterator[list[str]]:
    """Rows with those of a single cell at the end of the row before."""
    held: list[str] = []
    for row in rows:
        if held and len(row) == 1:
            held[-1] += " " + row[0]
        else:
            if held:
                yield held
            held = row
    if held:
        yield held
