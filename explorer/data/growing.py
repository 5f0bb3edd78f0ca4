"""A split as its records come in, and what it asks of the source of its images."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PIL import Image

from explorer.core import columns as cells
from explorer.core.columns import GrowingTable
from explorer.data.records import MISSING, Source
from explorer.types import Column, Stored


@dataclass
class Growing:
    """A split as it grows; all by the image's name, in the order of first appearance."""

    captions: dict[str, list[str]] = field(default_factory=dict)
    place: dict[str, Any] = field(default_factory=dict)
    label: dict[str, str] = field(default_factory=dict)
    first_row: dict[str, int] = field(default_factory=dict)
    """Where `table` has what the image came with."""
    rows: dict[str, list[int]] = field(default_factory=dict)
    """And what each of its captions did."""
    table: GrowingTable = field(default_factory=GrowingTable)

    def columns(self, per: str, rows: Iterable[int]) -> dict[str, Column]:
        """What else the rows say that these images, or these captions, come from."""
        chosen = np.fromiter(rows, np.int64)
        return {name: cells.take(c, chosen) for name, c in self.table.columns(per).items()}


class Stamps:
    """Asks for stamps and counts the images that are missing."""

    def __init__(self, stamp: Callable[[Any], str]) -> None:
        self._stamp = stamp
        self.n_missing = 0

    def __call__(self, place: Any) -> str:
        stamp = self._stamp(place)
        self.n_missing += stamp == MISSING
        return stamp

    def tell(self, notes: list[str]) -> None:
        if self.n_missing:
            notes.append(f"Images that are not there: {self.n_missing:,}.")


def stored_of(source: Source, places: Sequence[Any]) -> Stored:
    return Stored(
        lambda i: source.length(places[i]), lambda i: source.content(places[i]), source.is_file
    )


def open_of(source: Source, places: Sequence[Any], i: int) -> Image.Image:
    return source.open(places[i])
