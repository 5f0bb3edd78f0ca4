"""What several routes answer in the same way."""

from collections.abc import Callable
from typing import Any

from fastapi import HTTPException

FOREVER = {"Cache-Control": "private, max-age=31536000, immutable"}
HOUR = {"Cache-Control": "private, max-age=3600"}


def there(read: Callable[[], Any], what: str = "row") -> Any:
    """What `read` returns; 404 where it finds no such thing."""
    try:
        return read()
    except IndexError:
        raise HTTPException(404, f"There is no such {what}.") from None
