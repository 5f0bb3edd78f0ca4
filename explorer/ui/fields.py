"""Settings as form fields: what a field means is read from where `config.py` says it."""

import ast
import inspect
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


def whole(value: Any, name: str) -> int:
    """A whole number that came from the browser."""
    return int(number(value, name))


def number(value: Any, name: str) -> float:
    """A number that came from the browser; an empty field is a `ConfigError`."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConfigError(f"{name} must be a number, got {value!r}.")
    return value
