"""Reads long JSON lists object by object, so that only their text is held in memory."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from explorer.data.left_out import LeftOut, place_of
from explorer.data.reading.folder import all_files
from explorer.data.reading.text import head, read_text
from explorer.errors import BadDataError

_LINES = re.compile(r"\s*\{[^\n]*\}[ \t\r]*\n\s*\{")
"""How JSON Lines begin: an object in the first line, and another behind it."""
_LIST = re.compile(r"\s*\[\s*\{")
_COMMA = re.compile(r"[ \t\r\n]*(,[ \t\r\n]*)?")
_SPACE = re.compile(r"[ \t\r\n]*")
_FEW = 20


def parse(text: str) -> Any:
    """What a JSON text holds; ValueError where it is none, or is nested too deeply."""
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def read_list(path: Path, left_out: LeftOut, key: str = "") -> Iterator[Any]:
    """The elements of the list that a file is, or that it has under a key of its object.

    Without a key the file may also hold an object in each line; broken lines are counted.
    """
    text = read_text(path)
    is_called_lines = path.suffix.lower() == ".jsonl" and not _LIST.match(text)
    if not key and (is_called_lines or _LINES.match(text)):
        yield from read_lines(path, left_out)
        return
    decoder = json.JSONDecoder()
    at = _start(path, text, key)
    while text[at : at + 1] != "]":
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            raise not_json(path, error) from error
        yield value
        comma = _COMMA.match(text, at)
        at = comma.end() if comma else at
        if comma and not comma[1] and text[at : at + 1] != "]":
            raise BadDataError(f"{path} is not JSON: it breaks off or goes wrong at {at:,}.")


def read_lines(path: Path, left_out: LeftOut) -> Iterator[dict[str, Any]]:
    """The objects of a file with one in each line; lines that hold something else are counted.

    A comma may follow each, as if they stood in a list.
    """
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = parse(line.rstrip().removesuffix(","))
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
        if match and (at := _member(text, key)) and text[at] == "[":
            return _skip(text, at + 1)
        parse(text)
    except ValueError as error:
        raise not_json(path, error) from error
    what = f"a list under {key!r}" if key else "a list"
    raise BadDataError(f"{path} must hold {what} of objects with images and captions.")


def _member(text: str, key: str) -> int:
    """Where the value of a key of the outermost object begins; 0 where it has none."""
    decoder = json.JSONDecoder()
    at = _skip(text, 0) + 1
    while (at := _skip(text, at)) < len(text) and text[at] == '"':
        name, at = decoder.raw_decode(text, at)
        at = _skip(text, _skip(text, at) + 1)
        if name == key:
            return at
        _, at = decoder.raw_decode(text, at)
        at = _skip(text, at) + 1
    return 0


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def not_json(path: Path, error: Exception) -> BadDataError:
    return BadDataError(f"{path} is not JSON: {error}.")
