"""Rows of a CSV file, and of what is nearly one."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from explorer.errors import BadDataError
from explorer.pipeline.datasets.folder import read_text

_SEPARATORS = ",|\t;"


def read_rows(path: Path, left_out: Counter[str]) -> Iterator[dict[str, str]]:
    """Yields rows by the columns that the first line names.

    Captions are free text, and files often break their own rules: separators in the last column
    belong to it; between `|` quotes mean nothing, and a line without any belongs to the line
    before; other rows with too few columns are counted in `left_out`.
    """
    text = read_text(path).lstrip()
    separator = max(_SEPARATORS, key=text.partition("\n")[0].count)
    piped = separator == "|"
    lines = io.StringIO(text, newline="")
    rows = (
        csv.reader(lines, delimiter=separator, quoting=csv.QUOTE_NONE)
        if piped
        else csv.reader(lines, delimiter=separator)
    )
    try:
        columns = [column.strip() for column in next(rows, [])]
        n = len(columns)
        held: list[str] = []
        for row in chain(rows, [[]]):
            if piped and held and len(row) == 1:
                held[-1] += " " + row[0]
                continue
            if len(held) == n:
                yield dict(zip(columns, held, strict=True))
            elif held:
                left_out["rows with too few columns"] += 1
            held = [*row[: n - 1], separator.join(row[n - 1 :])] if len(row) > n else row
    except csv.Error as error:
        raise BadDataError(f"{path} is no table: {error} near line {rows.line_num:,}.") from error
