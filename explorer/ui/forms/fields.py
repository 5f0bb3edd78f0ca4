"""Values that came from the browser, checked."""

import sys
from typing import Any

from explorer.errors import ConfigError
from explorer.settings import is_text


def number(value: Any, name: str) -> float:
    """A finite number that came from the browser; anything else is a `ConfigError`."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not abs(value) <= sys.float_info.max:  # NaN is not, either
        given = "nothing" if value is None else repr(value)  # an empty field
        raise ConfigError(f"{name} must be a number, got {given}.")
    return float(value) if isinstance(value, float) else value


def whole(value: Any, name: str) -> int:
    """A whole number that came from the browser."""
    if number(value, name) != int(value):
        raise ConfigError(f"{name} must be a whole number, got {value!r}.")
    return int(value)


def text(value: Any, name: str) -> str:
    """A text that came from the browser."""
    if not is_text(value):
        raise ConfigError(f"{name} must be a text, got {value!r}.")
    return str(value)
