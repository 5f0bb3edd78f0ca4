"""Whether images in tars and tables stand among others whose values need 16 bits."""

import io
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Any

from explorer.data.images import has_deep_values
from explorer.data.records import Record
from explorer.errors import BadDataError

_PROBED = 50
"""Images, spread over all, that are asked at least, where there are so many."""


class AmongDeep:
    """Asked by an image of 16 bits that eight could hold, as `as_rgb` asks.

    It notes where some of the images are as a reader meets them, and looks into these once.
    """

    def __init__(self, content: Callable[[Any], bytes]) -> None:
        """`content` gives the bytes at a place, as a `Source` does."""
        self._content = content
        self._places: list[Any] = []
        self._every = 1

    def noting(self, records: Iterable[Record]) -> Iterator[Record]:
        """The same records."""
        for number, each in enumerate(records):
            if number % self._every == 0:
                self._places.append(each.place)
            if len(self._places) == 2 * _PROBED:
                self._places, self._every = self._places[::2], 2 * self._every
            yield each

    def __call__(self) -> bool:
        return self._has_deep_values

    @cached_property
    def _has_deep_values(self) -> bool:
        return any(map(self._is_deep, self._places))

    def _is_deep(self, place: Any) -> bool:
        try:
            return has_deep_values(io.BytesIO(self._content(place)))
        except BadDataError:  # whoever opens it as an image tells why
            return False
