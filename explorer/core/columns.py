"""Columns of values of any kind: how they grow cell by cell, and how parts of them are taken."""

import math
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from explorer.types import Column

NUMBER, DATE, WORDS, LIST = "number", "date", "words", "list"
IMAGE, CAPTION = "image", "caption"
LONGEST = 200
"""Characters of a text that are kept."""
NOTHING = frozenset({"", "nan", "none", "null", "n/a", "na", "<na>", "-", "?"})
"""Texts that say that there is nothing, in lower case."""
_EMPTY = -1


class Growing:
    """A column that grows by a cell at a time; memory is a number per cell, and each word once."""

    def __init__(self) -> None:
        """Begins with no cell, and so with no kind."""
        self._kind = ""
        self._numbers = array("d")  # or dates
        self._codes = array("i")  # of words, or of lists of words
        self._starts = array("q", [0])  # of lists
        self._place: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._numbers) or len(self._codes if self._kind != LIST else self._starts[1:])

    def add(self, value: Any, before: int = 0) -> None:
        """Adds a cell behind `before` cells; those that were left out are empty."""
        missing = before - len(self)
        if self._kind == WORDS and not missing and type(value) is str and value in self._place:
            self._codes.append(self._place[value])  # most cells repeat the one before
            return
        kind, read = _read(value)
        if not kind and not self._kind:
            return  # cells of nothing are filled in when there is one of something
        self._become(kind)
        for _ in range(missing):
            self._put(None)
        is_word = self._kind in (WORDS, LIST) and kind in (NUMBER, DATE)
        self._put(_as_word(read, kind) if is_word else read)

    def column(self, n: int, per: str) -> Column | None:
        """The whole column with n cells; None where there is nothing in any."""
        if not self._kind:
            return None
        for _ in range(n - len(self)):
            self._put(None)
        names = list(self._place)
        if self._kind in (NUMBER, DATE):
            return Column(per, self._kind, np.array(self._numbers))
        starts = np.array(self._starts) if self._kind == LIST else None
        return Column(per, self._kind, np.array(self._codes, dtype=np.int32), names, starts)

    def _put(self, value: Any) -> None:
        if self._kind in (NUMBER, DATE):
            self._numbers.append(math.nan if value is None else value)
        elif self._kind == WORDS:
            self._codes.append(_EMPTY if value is None else self._code(value))
        else:
            words = value if isinstance(value, list) else [] if value is None else [value]
            self._codes.extend(self._code(each) for each in words)
            self._starts.append(len(self._codes))

    def _code(self, value: str) -> int:
        return self._place.setdefault(value, len(self._place))

    def _become(self, kind: str) -> None:
        """Turns what is there into a kind that can hold the next cell, too."""
        if not kind or kind == self._kind or self._kind == LIST:
            return
        was, n = self._kind, len(self)
        self._kind = kind if not was else LIST if kind == LIST else WORDS
        if was in (NUMBER, DATE) and n:
            numbers, self._numbers = self._numbers, array("d")
            for each in numbers:
                self._put(None if math.isnan(each) else _as_word(each, was))
        elif was == WORDS and self._kind == LIST:
            self._starts = array("q", accumulate((c >= 0 for c in self._codes), initial=0))
            self._codes = array("i", (c for c in self._codes if c >= 0))


class GrowingTable:
    """Columns that grow by a row at a time; a name that a row lacks is empty there."""

    def __init__(self) -> None:
        """Begins without rows."""
        self._columns: dict[str, Growing] = {}
        self.n = 0

    def add(self, row: Mapping[str, Any]) -> int:
        """Adds a row and returns its number."""
        for name, value in row.items():
            if name not in self._columns:
                self._columns[name] = Growing()
            self._columns[name].add(value, self.n)
        self.n += 1
        return self.n - 1

    def columns(self, per: str) -> dict[str, Column]:
        """Those that hold anything."""
        made = {name: each.column(self.n, per) for name, each in self._columns.items()}
        return {name: each for name, each in made.items() if each is not None}


def take(column: Column, rows: np.ndarray) -> Column:
    """The cells of these rows, in their order; words that are in none stay."""
    if column.starts is None:
        return replace(column, values=column.values[rows])
    lengths = np.diff(column.starts)[rows]
    starts = np.concatenate([[0], np.cumsum(lengths)])
    within = np.arange(starts[-1]) - np.repeat(starts[:-1], lengths)
    values = column.values[np.repeat(column.starts[rows], lengths) + within]
    return replace(column, values=values, starts=starts)


def per_image(column: Column, image_of: np.ndarray) -> Column:
    """One cell per image where those of all captions of every image are the same.

    Args:
        column: A cell per caption.
        image_of: (M,) int, never falling, the image of each caption; none is left out.
    """
    if not len(image_of):
        return replace(column, per=IMAGE)
    firsts = np.flatnonzero(np.diff(image_of, prepend=image_of[0] - 1))
    reduced = replace(take(column, firsts), per=IMAGE)
    same = take(reduced, np.cumsum(np.diff(image_of, prepend=image_of[0]) != 0))
    is_same = np.array_equal(same.values, column.values, equal_nan=column.kind in (NUMBER, DATE))
    if column.starts is not None and same.starts is not None:
        is_same = is_same and np.array_equal(same.starts, column.starts)
    return reduced if is_same else column


def to_list(column: Column) -> "list[Any] | np.ndarray":
    """The cells as Python has them: floats, datetime64, texts or None, lists of texts.

    Examples:
        >>> to_list(words("image", ["boat", "house"]))
        ['boat', 'house']
    """
    if column.kind == NUMBER:
        return column.values
    if column.kind == DATE:
        missing = np.isnan(column.values)
        days = np.where(missing, 0, column.values).astype("datetime64[s]")
        days[missing] = np.datetime64("NaT")
        return days
    word: list[Any] = [*column.names, None]
    if column.starts is None:
        return [word[code] for code in column.values]
    return [[word[c] for c in column.values[a:b]] for a, b in pairwise(column.starts)]


def words(per: str, values: Iterable[str]) -> Column:
    """A column of words.

    Examples:
        >>> words("image", ["boat", "house", "boat"]).values.tolist()
        [0, 1, 0]
    """
    place: dict[str, int] = {}
    codes = [place.setdefault(value, len(place)) for value in values]
    return Column(per, WORDS, np.array(codes, dtype=np.int32), list(place))


def numbers(per: str, values: Sequence[float] | np.ndarray) -> Column:
    """A column of numbers."""
    return Column(per, NUMBER, np.asarray(values, dtype=np.float64))


def _read(value: Any) -> tuple[str, Any]:
    """The kind of a cell and what it holds; "" and None where it holds nothing."""
    if value is None:
        return "", None
    if isinstance(value, bool | np.bool_):
        return WORDS, "true" if value else "false"
    if isinstance(value, int | float | np.integer | np.floating):
        return _number(value)
    if isinstance(value, str):
        return _read_text(value.strip())
    if isinstance(value, datetime | date):
        return DATE, _seconds(value)
    if isinstance(value, list | tuple | np.ndarray):
        flat = (each for each in value if not isinstance(each, list | tuple | np.ndarray))
        listed = [_as_word(read, kind) for kind, read in map(_read, flat) if kind]
        return (LIST, listed) if listed or not len(value) else ("", None)
    return "", None


def _read_text(text: str) -> tuple[str, Any]:
    if text.lower() in NOTHING:
        return "", None
    first = text[0]
    if first.isdigit() or first in "+-.":
        try:
            return _number(float(text)) if "_" not in text else (WORDS, text[:LONGEST])
        except ValueError:
            pass
        if text[:4].isdigit() and text[4:5] == "-":
            try:
                return DATE, _seconds(datetime.fromisoformat(text))
            except ValueError:
                pass
    return WORDS, text[:LONGEST]


def _number(value: Any) -> tuple[str, float | None]:
    try:
        return (NUMBER, float(value)) if math.isfinite(value) else ("", None)
    except OverflowError:  # a whole number beyond what floats hold
        return "", None


def _seconds(value: date) -> float:
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _as_word(value: Any, kind: str) -> str:
    """A number or a date as a word."""
    if isinstance(value, str):
        return value
    if kind == DATE:
        return datetime.fromtimestamp(value, UTC).isoformat().replace("+00:00", "")
    return f"{value:.15g}"
