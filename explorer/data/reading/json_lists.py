"""Reads long JSON lists object by object, so that only their text is held in memory.

An object that gives a key two values is none: a reader would lose one of them without a word.
"""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

from explorer.data.left_out import LeftOut, place_of, shortened
from explorer.data.reading.folder import all_files
from explorer.data.reading.text import head, read_text
from explorer.errors import BadDataError

_LINES = re.compile(r"\s*\{[^\n]*\}[ \t\r]*\n\s*\{")
"""How JSON Lines begin: an object in the first line, and another behind it."""
_LIST = re.compile(r"\s*\[\s*\{")
_COMMA = re.compile(r"[ \t\r\n]*(,[ \t\r\n]*)?")
_SPACE = re.compile(r"[ \t\r\n]*")
_FEW = 20


_TWICE = "objects that give a key two values"
"""Why one is left out."""


class GivenTwice(ValueError):
    """An object gives a key two values."""

    def __init__(self, key: str) -> None:
        super().__init__(f"it gives {shortened(key)!r} twice")


def _once(members: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) < len(members):
        for key, value in members:
            if found[key] != value:
                raise GivenTwice(key)
    return found


_ONCE, _ANY = json.JSONDecoder(object_pairs_hook=_once), json.JSONDecoder()


def parse(text: str) -> Any:
    """What a JSON text holds.

    Raises:
        ValueError: It is none, is nested too deeply, or has an object of the kind `GivenTwice`.
    """
    try:
        return json.loads(text, object_pairs_hook=_once)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def read_list(path: Path, left_out: LeftOut, key: str = "") -> Iterator[Any]:
    """The elements of the list that a file is, or that it has under a key of its object.

    Without a key the file may also hold an object in each line; broken lines are counted, and so
    are objects that give a key two values.
    """
    text = read_text(path)
    is_called_lines = path.suffix.lower() == ".jsonl" and not _LIST.match(text)
    if not key and (is_called_lines or _LINES.match(text)):
        yield from read_lines(path, left_out)
        return
    at = _start(path, text, key)
    for number in count():
        if text[at : at + 1] == "]":
            return
        value, end, reason = _element(path, text, at)
        if reason:
            left_out.add(_TWICE, f"object {number} of {place_of(path)}: {reason}")
        else:
            yield value
        comma = _COMMA.match(text, end)
        at = comma.end() if comma else end
        if comma and not comma[1] and text[at : at + 1] != "]":
            raise BadDataError(f"{path} is not JSON: it breaks off or goes wrong at {at:,}.")


def _element(path: Path, text: str, at: int) -> tuple[Any, int, str]:
    """The value that begins there and where it ends; and why, if it gives a key two values."""
    try:
        try:
            return *_ONCE.raw_decode(text, at), ""
        except GivenTwice as error:
            return *_ANY.raw_decode(text, at), str(error)
    except (ValueError, RecursionError) as error:
        raise not_json(path, error) from error


def read_lines(path: Path, left_out: LeftOut) -> Iterator[dict[str, Any]]:
    """The objects of a file with one in each line; lines that hold something else are counted.

    A comma may follow each, as if they stood in a list.
    """
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = parse(line.rstrip().removesuffix(","))
        except GivenTwice as error:
            left_out.add(_TWICE, f"line {number} of {place_of(path)}: {error}")
            continue
        except ValueError as error:
            left_out.add("lines that are not JSON", f"line {number} of {place_of(path)}: {error}")
            continue
        if isinstance(row, dict):
            yield row
        else:
            left_out.add("lines that are no object", f"line {number} of {place_of(path)}")


def peeked(folder: Path, content: re.Pattern[str], deepest: int = 0) -> list[Path]:
    """The JSON files in a folder that begin like this; where there are many, none is looked into.

    Many are the captions of single images. Folders below are looked into so deep.
    """
    paths = all_files(folder, "*.json", "*.jsonl", deepest=deepest)
    return [path for path in paths if content.match(head(path))] if len(paths) <= _FEW else []


def _start(path: Path, text: str, key: str) -> int:
    """Where the first element of the list is, or the bracket behind an empty one."""
    pattern = re.compile(rf'"{re.escape(key)}"\s*:\s*\[' if key else r"\s*\[")
    match = pattern.search(text) if key else pattern.match(text)
    is_single = match and not (key and pattern.search(text, match.end()))
    if match and is_single:
        return _skip(text, match.end())
    try:
        if match and (at := _member(path, text, key)) and text[at] == "[":
            return _skip(text, at + 1)
        with suppress(GivenTwice):  # which is not why it cannot be read
            parse(text)
    except ValueError as error:
        raise not_json(path, error) from error
    what = f"a list under {key!r}" if key else "a list"
    raise BadDataError(f"{path} must hold {what} of objects with images and captions.")


def _member(path: Path, text: str, key: str) -> int:
    """Where the value of a key of the outermost object begins; 0 where it has none."""
    found = [at for name, at in _members(text) if name == key]
    if len(found) > 1:
        raise BadDataError(f"{path} gives {key!r} twice; keep one of them.")
    return found[0] if found else 0


def _members(text: str) -> Iterator[tuple[str, int]]:
    """The keys of the outermost object, and where their values begin."""
    at = _skip(text, 0) + 1
    while (at := _skip(text, at)) < len(text) and text[at] == '"':
        name, at = _ANY.raw_decode(text, at)
        at = _skip(text, _skip(text, at) + 1)
        yield name, at
        _, at = _ANY.raw_decode(text, at)
        at = _skip(text, at) + 1


def keys_of(path: Path) -> list[str]:
    """The keys of the object that a file is, each once."""
    try:
        return list(dict.fromkeys(name for name, _ in _members(read_text(path))))
    except (ValueError, RecursionError) as error:
        raise not_json(path, error) from error


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def not_json(path: Path, error: Exception) -> BadDataError:
    return BadDataError(f"{path} is not JSON: {error}.")
