"""Settings as form fields: what one means is read from `config.py`; what comes back is checked."""

import ast
import inspect
import sys
from functools import cache
from itertools import pairwise
from typing import Any

from explorer.errors import ConfigError


@cache
def meanings(config: type) -> dict[str, str]:
    """The docstring under each field of a config, as one line.

    Examples:
        >>> from explorer.config import MapConfig
        >>> meanings(MapConfig)["min_dist"]
        'Least distance between points, in map units.'
    """
    body = ast.parse(inspect.getsource(config)).body[0].body  # type: ignore[attr-defined]
    lines = {}
    for field, below in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            match below:
                case ast.Expr(value=ast.Constant(value=str(text))):
                    lines[field.target.id] = " ".join(text.split()).replace("`", "")
    return lines


def number(value: Any, name: str) -> float:
    """A finite number that came from the browser; anything else is a `ConfigError`."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not abs(value) <= sys.float_info.max:  # NaN is not, either
        raise ConfigError(f"{name} must be a number, got {value!r}.")
    return value


def whole(value: Any, name: str) -> int:
    """A whole number that came from the browser."""
    if number(value, name) != int(value):
        raise ConfigError(f"{name} must be a whole number, got {value!r}.")
    return int(value)


def text(value: Any, name: str) -> str:
    """A text that came from the browser."""
    if not isinstance(value, str):
        raise ConfigError(f"{name} must be a text, got {value!r}.")
    return value


def flag(value: Any, name: str) -> bool:
    """Yes or no, as it came from the browser."""
    if not isinstance(value, bool):
        raise ConfigError(f"{name} must be on or off, got {value!r}.")
    return value
