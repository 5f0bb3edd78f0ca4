"""The map of a report: where the points lie and which prototype each has, small and in one text."""

import base64
from typing import TypedDict

import numpy as np

from explorer.explore.dataset import Prepared

_LARGEST = 2**16 - 1  # a place is told to 1/65,535 of the map


class Place(TypedDict):
    """On the square of a map; nowhere for a prototype without members."""

    x: int | None
    y: int | None


class Mark(Place):
    """A prototype on the map."""

    number: int  # what it is called
    label: str
    place: float  # in a line of all where neighbours are alike
    n: int  # images


class PackedMap(TypedDict):
    """A map as the report's script reads it; arrays are little-endian in base64."""

    x: str  # uint16 each, over the same square
    y: str
    prototype: str  # int32, -1 for none
    marks: list[Mark]
    note: str  # what a reader of the map should know


def pack_map(prepared: Prepared) -> PackedMap:
    """The image map, JSON-ready."""
    position = prepared.layout("image")
    assert position is not None, "the image map is laid out first"
    low = position.min(axis=0)
    scaled = (position - low) / max(float(np.ptp(position, axis=0).max()), 1e-9) * _LARGEST
    owner = prepared.prototype_of_image
    marks: list[Mark] = [
        {
            "number": int(number),
            "label": label,
            "place": float(place),
            "n": int((owner == k).sum()),
            **_mark(scaled[owner == k]),
        }
        for k, (number, label, place) in enumerate(
            zip(prepared.number, prepared.labels, prepared.place, strict=True)
        )
    ]
    return {
        "x": _text(scaled[:, 0].round().astype("<u2")),
        "y": _text(scaled[:, 1].round().astype("<u2")),
        "prototype": _text(owner.astype("<i4")),
        "marks": marks,
        "note": prepared.layout_note("image"),
    }


def _mark(places: np.ndarray) -> Place:
    """Where a prototype is marked: the member nearest to the middle of its members."""
    if not len(places):
        return {"x": None, "y": None}
    middle = np.median(places, axis=0)
    x, y = places[np.argmin(((places - middle) ** 2).sum(axis=1))].round().astype(int).tolist()
    return {"x": x, "y": y}


def _text(values: np.ndarray) -> str:
    return base64.b64encode(values.tobytes()).decode("ascii")
