"""Rows of a CSV file, and of what is nearly one."""

import csv
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from explorer.data.images import is_image_name
from explorer.data.left_out import LeftOut, place_of, shortened
from explorer.data.reading.fields import choose_fields
from explorer.data.reading.text import head, read_text
from explorer.errors import BadDataError

_SEPARATORS = ",|\t;"
csv.field_size_limit(sys.maxsize)  # embeddings are written into cells, too
_COMMON = 0.1
"""Share of the whole rows from which on a kind of name is one that images here have."""
_SAID = re.compile(r"\ufeff?sep=(.)\s*", re.I)


class _Quoting(Enum):
    """Where a row of cells stands, character by character."""

    CELL_BEGINS = "a cell begins"
    PLAIN = "in a cell without quotation marks"
    QUOTED = "in a cell between quotation marks"
    CLOSED = "behind what may be its closing mark"
    BROKEN = "there was text behind the closing mark"

    def behind(self, text: str, separator: str) -> "_Quoting":
        """Where it stands behind more text."""
        state = self
        for character in text:
            if state is _Quoting.BROKEN:
                break
            if state is _Quoting.QUOTED:
                state = _Quoting.CLOSED if character == '"' else state
            elif character in (separator, "\n"):
                state = _Quoting.CELL_BEGINS
            elif character == '"' and state in (_Quoting.CELL_BEGINS, _Quoting.CLOSED):
                state = _Quoting.QUOTED
            elif state is _Quoting.CLOSED:
                state = _Quoting.BROKEN
            else:
                state = _Quoting.PLAIN
        return state


class _Likeness(Enum):
    """How much a line that a quoted cell would swallow looks like a row of its own."""

    NONE = "it is text"
    SOME = "it may be either"
    ROW = "it is a row"


class _Row(NamedTuple):
    line: int  # number of its first line in the file, from 1
    cells: list[str]


class _Header(NamedTuple):
    line: int
    separator: str
    columns: list[str]
    image: int  # the column that names images, -1 where none is known to
    free: int
    """The column whose text may hold separators: the only one with captions, or else the last; -1
    where there are classes instead."""


def read_table(path: Path, left_out: LeftOut) -> tuple[list[str], Iterator[dict[str, str]]]:
    """The columns that the first line names, and the rows by column.

    Captions are free text, and files often break their own rules: separators that are too many
    mean nothing at the end of a row, and else belong to the column of captions; a quotation mark
    that nobody closes, or behind which text goes on, is one like any other; between `|` none means
    anything, and a line without any separator belongs to the line before. Other rows with too few
    or too many columns are counted.

    Raises:
        BadDataError: The first line is a row, or a cell is opened by a quotation mark that is never
            closed, or only behind lines that may be rows.
    """
    return _table(read_text(path), path, left_out)


def first_rows(path: Path) -> Iterator[dict[str, str]]:
    """As many rows as the beginning of a file holds, which alone is read.

    Raises:
        BadDataError: As of `read_table`; the last cell may be cut where it is quoted.
    """
    text = head(path)
    whole = text.rpartition("\n")[0] if len(text.encode()) < path.stat().st_size else text
    return _table(whole, path, LeftOut())[1]


def _table(text: str, path: Path, left_out: LeftOut) -> tuple[list[str], Iterator[dict[str, str]]]:
    lines = text.split("\n")
    header = _header(lines)
    if header is None:
        return [], iter(())
    if any(is_image_name(name.partition("#")[0]) for name in header.columns):
        raise BadDataError(
            f"{path} has no header: its first line must name the columns, such as `image,caption`."
        )
    if several := [name for name, n in Counter(header.columns).items() if name and n > 1]:
        raise BadDataError(
            f"{path} has several columns called `{shortened(several[0])}`; give each a name of its "
            "own."
        )
    rows = _glued(lines, header) if header.separator == "|" else _quoted(lines, header, path)
    return header.columns, _by_column(header, rows, path, left_out)


def columns_of(path: Path) -> list[str]:
    """The columns that the first line of a file names."""
    header = _header(head(path).split("\n"))
    return header.columns if header else []


def _header(lines: Sequence[str]) -> _Header | None:
    """The first line that is not empty, but for Excel's `sep=;`."""
    said = _SEPARATORS
    for number, line in enumerate(lines):
        if match := _SAID.fullmatch(line):
            said = match[1]
        elif line.strip():
            return _as_header(number, line, said)
    return None


def _as_header(number: int, line: str, separators: str) -> _Header:
    """Separated by what gives columns that are known; else by what gives most."""

    def columns(separator: str) -> list[str]:
        found = _cells(line, separator)
        return [name.strip() for name in found or line.split(separator)]

    known = [each for each in separators if choose_fields(columns(each))]
    separator = max(known or separators, key=lambda each: len(columns(each)))
    names = columns(separator)
    fields = choose_fields(names)
    image = names.index(fields.image) if fields else -1
    captions = fields.captions if fields else ()
    free = names.index(captions[0]) if len(captions) == 1 else len(names) - 1
    if fields and not captions:
        free = -1
    return _Header(number, separator, names, image, free)


def _cells(line: str, separator: str) -> list[str] | None:
    """The cells of a row by RFC 4180; None where a quotation mark breaks its rules."""
    if '"' not in line:
        return line.split(separator)
    try:
        lines = line.splitlines(keepends=True) if "\n" in line else [line]
        rows = list(csv.reader(lines, delimiter=separator, strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


class _Names:
    """What names of images look like in a table, by the lines that are whole rows."""

    def __init__(self, lines: Sequence[str], header: _Header) -> None:
        self._lines, self._header = lines, header

    def likeness(self, line: str) -> _Likeness:
        """Of a line whose cells are counted as if quotation marks meant nothing."""
        cells, header = line.split(self._header.separator), self._header
        if len(cells) < len(header.columns) or header.image < 0 or len(header.columns) < 2:
            return _Likeness.NONE
        behind = header.image - len(header.columns)
        is_before = header.free < 0 or header.image <= header.free
        name = cells[header.image if is_before else behind].strip().strip('"')
        if is_image_name(name):
            return _Likeness.ROW
        kind = _kind(name)
        if kind in self._kinds:
            return _Likeness.SOME if kind <= _OF_WORDS or " " in kind else _Likeness.ROW
        is_part = not kind <= _OF_WORDS and any(kind < each for each in self._kinds)
        return _Likeness.SOME if is_part else _Likeness.NONE

    @cached_property
    def _kinds(self) -> Set[frozenset[str]]:
        """The kinds of names without a suffix that are common."""
        lines = self._lines[self._header.line + 1 :]
        rows = (_cells(line, self._header.separator) for line in lines if line.strip())
        whole = [row for row in rows if row and len(row) == len(self._header.columns)]
        names = [row[self._header.image].strip() for row in whole]
        kinds = Counter(_kind(name) for name in names if not is_image_name(name))
        return {kind for kind, n in kinds.items() if n >= _COMMON * len(whole)}


_OF_WORDS = frozenset("a '-")
"""What words consist of, as `_kind` has it."""


def _kind(name: str) -> frozenset[str]:
    """The characters of a name, with `a` for all letters and `0` for all digits."""
    return frozenset("a" if c.isalpha() else "0" if c.isdigit() else c for c in name)


def _quoted(lines: Sequence[str], header: _Header, path: Path) -> Iterator[_Row]:
    """Rows whose cells may be quoted, and may then go on in the next lines."""
    at, names = header.line + 1, _Names(lines, header)
    while at < len(lines):
        cells, after = _cells(lines[at], header.separator), at + 1
        if cells is None:
            cells = _with_backslashes(lines[at], header)
        if cells is None:
            cells, after = _over_lines(lines, at, header, names, path)
        if "".join(cells).strip():
            yield _Row(at + 1, cells)
        at = after


def _with_backslashes(line: str, header: _Header) -> list[str] | None:
    """The cells of a row whose inner quotation marks have a backslash, as databases write them."""
    if '\\"' not in line:
        return None
    cells = _cells(line.replace('\\"', '""'), header.separator)
    return cells if cells and len(cells) == len(header.columns) else None


def _over_lines(
    lines: Sequence[str], start: int, header: _Header, names: _Names, path: Path
) -> tuple[list[str], int]:
    """The cells of a row one of whose cells goes on, and the line behind it.

    Where a line that would be swallowed is a row itself, or text goes on behind the closing mark,
    the mark was no more than a character.
    """
    plain = lines[start].split(header.separator), start + 1
    state, doubtful = _Quoting.CELL_BEGINS.behind(lines[start], header.separator), 0
    for end in range(start + 1, len(lines)):
        likeness = names.likeness(lines[end]) if state is _Quoting.QUOTED else _Likeness.ROW
        if likeness is _Likeness.ROW:
            return plain
        doubtful = doubtful or (end + 1) * (likeness is _Likeness.SOME)
        state = state.behind("\n" + lines[end], header.separator)
        if state in (_Quoting.PLAIN, _Quoting.CLOSED, _Quoting.CELL_BEGINS):
            text = "\n".join(lines[start : end + 1])
            cells = _cells(text, header.separator)
            if cells is not None and doubtful:
                raise BadDataError(
                    f"{path}, line {start + 1}: a quotation mark opens a cell that is closed in "
                    f"line {end + 1}, but line {doubtful} between them may be a row; delete the "
                    "mark or double it, or take the line breaks out of the cell."
                )
            return (cells, end + 1) if cells is not None else plain
    if state is not _Quoting.QUOTED or not any(line.strip() for line in lines[start + 1 :]):
        return plain
    raise BadDataError(
        f"{path}, line {start + 1}: a quotation mark opens a cell that no other closes; close it, "
        "or delete it."
    )


def _by_column(
    header: _Header, rows: Iterable[_Row], path: Path, left_out: LeftOut
) -> Iterator[dict[str, str]]:
    n, free = len(header.columns), header.free
    for line, cells in rows:
        is_like = cells[0].strip() == header.columns[0]  # which tells nearly all rows apart
        if is_like and [cell.strip() for cell in cells] == header.columns:  # joined files
            left_out.add("lines that name the columns again", f"line {line} of {place_of(path)}")
            continue
        surplus = len(cells) - n
        while surplus > 0 and not cells[-1].strip():
            cells, surplus = cells[:-1], surplus - 1
        if surplus < 0 or (surplus and free < 0):
            reason = f"rows with too {'few' if surplus < 0 else 'many'} columns"
            left_out.add(reason, f"line {line} of {place_of(path)}")
            continue
        if surplus:
            text = header.separator.join(cells[free : free + surplus + 1])
            cells = [*cells[:free], text, *cells[free + surplus + 1 :]]
        yield dict(zip(header.columns, cells, strict=True))


def _glued(lines: Sequence[str], header: _Header) -> Iterator[_Row]:
    """Rows with lines of a single cell at the end of the row before."""
    held: _Row | None = None
    for number, line in enumerate(lines[header.line + 1 :], start=header.line + 2):
        cells = line.split(header.separator)
        if held and len(cells) == 1:
            held.cells[-1] += " " + line
        elif line.strip():
            if held:
                yield held
            held = _Row(number, cells)
    if held:
        yield held
