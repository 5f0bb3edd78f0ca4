"""One image at a time, for requests that decode images of a visitor's or a dataset's choice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_T = TypeVar("_T")
_THREAD = ThreadPoolExecutor(1, thread_name_prefix="decode")
"""Always the same one: the C library keeps for each thread what a large image took, and each
request may come in another."""


def alone(make: Callable[[], _T]) -> _T:
    """What `make` returns, once those before it are done."""
    return _THREAD.submit(make).result()
