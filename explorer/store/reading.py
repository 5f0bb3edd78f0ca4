"""JSON that this program wrote, read back with doubt: a file may be cut, mended or made up."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from explorer.errors import BadDataError, sentence

_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def read_json(path: Path) -> Any:
    """What a JSON file holds; `BadDataError` where it cannot be read, or be written again."""
    try:
        return parse_json(path.read_bytes())
    except OSError as error:
        raise BadDataError(f"{path} cannot be read: {sentence(error)}") from error
    except BadDataError as error:
        raise BadDataError(f"{path} cannot be read: {error}") from error


def read_object(path: Path) -> dict[str, Any]:
    """What a JSON file holds that must be an object; else `BadDataError`."""
    value = read_json(path)
    if not isinstance(value, dict):
        raise BadDataError(f"{path} cannot be read: it holds no JSON object.")
    return value


def parse_json(content: bytes) -> Any:
    """The value of a JSON text in UTF-8.

    Raises:
        BadDataError: It is no JSON, is nested too deeply, has a number of thousands of digits, or
            holds half of a surrogate pair, which nothing could write again.
    """
    try:
        text = content.decode()
        value = json.loads(text)
        if _HALF.search(text):
            json.dumps(value, ensure_ascii=False).encode()
    except (UnicodeError, RecursionError) as error:
        raise BadDataError(sentence(error)) from error
    except ValueError as error:
        raise BadDataError(f"it is no JSON, {error}.") from error
    return value


def parse_lines(content: bytes) -> Iterator[dict[str, Any]]:
    """The objects of JSON Lines; a line that holds none is left out."""
    for line in content.split(b"\n"):
        try:
            value = parse_json(line)
        except BadDataError:
            continue
        if isinstance(value, dict):
            yield value


def fits(values: Mapping[str, Any], kinds: Mapping[str, type]) -> bool:
    """Whether every value is of the kind that stands under its name; a number may be whole."""
    return all(
        isinstance(value, int | float if kinds[name] is float else kinds[name])
        for name, value in values.items()
        if name in kinds
    )
