"""Reads long JSON lists object by object, so that only their text is held in memory."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from explorer.errors import BadDataError
from explorer.pipeline.datasets.folder import read_text

_SPACE = re.compile(r"[ \t\r\n]*")
_HEAD = 1 << 16  # characters that say what a file is
_FEW = 20


def read_list(path: Path, key: str = "") -> Iterator[Any]:
    """The elements of the list that a file is, or that it has under a key of its object."""
    text = read_text(path)
    decoder = json.JSONDecoder()
    at = _start(path, text, key)
    while text[at : at + 1] != "]":
        try:
            value, at = decoder.raw_decode(text, at)
        except ValueError as error:
            raise _not_json(path, error) from error
        yield value
        at = _skip(text, at)
        if text[at : at + 1] == ",":
            at = _skip(text, at + 1)
        elif text[at : at + 1] != "]":
            raise BadDataError(f"{path} is not JSON: it breaks off or goes wrong at {at:,}.")


def head(path: Path) -> str:
    """The beginning of a file, "" where it cannot be read; what is not UTF-8 is replaced."""
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            return file.read(_HEAD)
    except OSError:
        return ""


def peeked(folder: Path, content: re.Pattern[str]) -> list[Path]:
    """The JSON files in a folder that begin like this; where there are many, none is looked into.

    Many are the captions of single pictures.
    """
    paths = sorted(folder.glob("*.json"))
    return [path for path in paths if content.match(head(path))] if len(paths) <= _FEW else []


def _start(path: Path, text: str, key: str) -> int:
    """Where the first element of the list is, or the bracket behind an empty one."""
    pattern = rf'"{re.escape(key)}"\s*:\s*\[' if key else r"\s*\["
    match = re.search(pattern, text) if key else re.match(pattern, text)
    if match:
        return _skip(text, match.end())
    try:
        json.loads(text)
    except ValueError as error:
        raise _not_json(path, error) from error
    what = f"a list under {key!r}" if key else "a list"
    raise BadDataError(f"{path} must hold {what} of objects with pictures and captions.")


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _not_json(path: Path, error: ValueError) -> BadDataError:
    return BadDataError(f"{path} is not JSON: {error}.")
