"""Draws smooth shapes: coordinates in a unit of one's own, on a canvas larger than the image."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

Colour = tuple[int, int, int]
Point = tuple[float, float]

SIZE = 128
"""Side of a finished image, in pixels."""
_OVERSAMPLE = 3
"""Images are drawn this much larger, then averaged down, so that edges are smooth."""


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """The colour that lies `share` of the way from `first` to `second`."""
    return _rounded(a + (b - a) * share for a, b in zip(first, second, strict=True))


def lit(colour: Colour, light: Sequence[float]) -> Colour:
    """The colour under a light given as three factors."""
    return _rounded(c * f for c, f in zip(colour, light, strict=True))


def _rounded(channels: object) -> Colour:
    red, green, blue = (max(0, min(255, round(c))) for c in channels)  # type: ignore[attr-defined]
    return red, green, blue


class Pen:
    """Draws on one canvas; `at` gives a pen with its own origin, unit and light.

    The first pen's origin is the image's top left corner, its unit is a pixel of the finished
    image and y points down. A pen made by `at` has y pointing up, as things stand on ground.
    """

    def __init__(self) -> None:
        self._image = Image.new("RGB", (SIZE * _OVERSAMPLE, SIZE * _OVERSAMPLE))
        self._draw = ImageDraw.Draw(self._image)
        self._origin, self._unit, self._up = (0.0, 0.0), float(_OVERSAMPLE), 1
        self.light: Sequence[float] = (1, 1, 1)

    def at(self, x: float, y: float, unit: float, light: Sequence[float], flip: bool) -> "Pen":
        """A pen on the same canvas with its origin at (x, y) pixels and y pointing up."""
        pen = object.__new__(Pen)
        pen._image, pen._draw = self._image, self._draw
        pen._origin, pen._unit = (x * _OVERSAMPLE, y * _OVERSAMPLE), unit * _OVERSAMPLE
        pen._up, pen.light = -1, light
        pen._flip = -1 if flip else 1
        return pen

    _flip = 1

    def _place(self, point: Point) -> Point:
        x, y = self._origin
        return x + point[0] * self._unit * self._flip, y + point[1] * self._unit * self._up

    def polygon(self, points: Sequence[Point], colour: Colour) -> None:
        self._draw.polygon([self._place(p) for p in points], fill=lit(colour, self.light))

    def line(self, points: Sequence[Point], colour: Colour, width: float) -> None:
        """A line with round joints, `width` units wide."""
        self._draw.line(
            [self._place(p) for p in points],
            fill=lit(colour, self.light),
            width=max(1, round(width * self._unit)),
            joint="curve",
        )

    def box(self, left: float, bottom: float, right: float, top: float, colour: Colour) -> None:
        self.polygon([(left, bottom), (right, bottom), (right, top), (left, top)], colour)

    def disc(self, x: float, y: float, rx: float, colour: Colour, ry: float | None = None) -> None:
        """An ellipse around (x, y) with half axes `rx` and `ry`."""
        cx, cy = self._place((x, y))
        a, b = rx * self._unit, (rx if ry is None else ry) * self._unit
        self._draw.ellipse((cx - a, cy - b, cx + a, cy + b), fill=lit(colour, self.light))

    def half_disc(self, x: float, y: float, rx: float, ry: float, colour: Colour) -> None:
        """The upper half of an ellipse."""
        turn = np.linspace(0, np.pi, 25)
        self.polygon([(x + rx * np.cos(t), y + ry * np.sin(t)) for t in turn], colour)

    def gradient(self, top: Colour, bottom: Colour, until: float) -> None:
        """Fills the canvas down to `until` pixels, blending from one colour to another."""
        rows = round(until * _OVERSAMPLE)
        share = np.linspace(0, 1, rows)[:, None]
        column = np.asarray(top) * (1 - share) + np.asarray(bottom) * share
        strip = Image.fromarray(column.round().astype(np.uint8)[:, None, :])
        size = (self._image.width, rows)
        self._image.paste(strip.resize(size, Image.Resampling.NEAREST), (0, 0))

    def image(self) -> Image.Image:
        """The finished image, SIZE x SIZE, RGB."""
        return self._image.reduce(_OVERSAMPLE)
