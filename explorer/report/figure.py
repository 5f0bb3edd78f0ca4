"""Lines with intervals as SVG: a page shows them, and paper prints them, without a script."""

import html
import math
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

WIDTH, HEIGHT = 620, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 12, 12, 40
_TICKS = 6  # at most, on either side
_FAR = 30
"""How many times the least value the greatest is where a line would lie flat in most of it."""


class Point(NamedTuple):
    x: float
    y: float
    half: float | None = None  # of an interval around y


class Drawn(NamedTuple):
    """One line, its points by rising x."""

    label: str
    colour: int  # which of the style sheet's, from 0
    points: Sequence[Point]


class _Axis(NamedTuple):
    """Values between two ends of the frame."""

    low: float
    high: float
    ticks: Sequence[float]
    start: float  # where `low` stands, in the figure's units
    end: float
    place: Callable[[float], float] = float  # along the axis; the logarithm, or the value itself

    def at(self, value: float) -> float:
        low, high = self.place(self.low), self.place(self.high)
        share = (self.place(value) - low) / (high - low)
        return round(self.start + share * (self.end - self.start), 1)


def line_figure(lines: Sequence[Drawn], across: str, up: str, is_steep: bool = False) -> str:
    """The lines in one frame, each point with a whisker where it has an interval; "" of none.

    Of those that are steep, values that fall by far are drawn by their logarithms.
    """
    points = [point for line in lines for point in line.points]
    if not points:
        return ""
    ends = [each.y + side * (each.half or 0.0) for each in points for side in (-1, 1)]
    x = _axis([each.x for each in points], _LEFT, WIDTH - _RIGHT)
    spans = is_steep and 0 < _FAR * min(ends) < max(ends)
    y = (_logarithmic if spans else _axis)(ends, HEIGHT - _BOTTOM, _TOP)
    label = html.escape(f"{up} against {across}")
    return "".join(
        [
            f'<svg class="lines" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">',
            *_frame(x, y, html.escape(across)),
            *(part for line in lines for part in _line(line, x, y)),
            "</svg>",
        ]
    )


def ticks(low: float, high: float) -> list[float]:
    """Round numbers from the last before `low` to the first from `high` on.

    Examples:
        >>> ticks(3, 48), ticks(0.91, 0.98), ticks(20, 20)[::2]
        ([0.0, 10.0, 20.0, 30.0, 40.0, 50.0], [0.9, 0.92, 0.94, 0.96, 0.98], [19.0, 20.0, 21.0])
    """
    if high <= low:
        low, high = low - 1, high + 1
    rough = (high - low) / (_TICKS - 1)
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * each for each in (1, 2, 5, 10) if unit * each >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(step * each, 10) for each in range(first, last + 1)]


def _logarithmic(values: Sequence[float], start: float, end: float) -> _Axis:
    """Between powers of ten; where these are many, only some are ticks."""
    first, last = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    every = math.ceil((last - first) / (_TICKS - 1))
    powers = [10.0**power for power in range(first, last + 1, every)]
    return _Axis(powers[0], 10.0**last, powers, start, end, math.log10)


def _axis(values: Sequence[float], start: float, end: float) -> _Axis:
    found = ticks(min(values), max(values))
    return _Axis(found[0], found[-1], found, start, end)


def _frame(x: _Axis, y: _Axis, across: str) -> Iterator[str]:
    for tick in y.ticks:
        at = y.at(tick)
        yield f'<line class="grid" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{at}" y2="{at}"/>'
        yield f'<text class="of-y" x="{_LEFT - 6}" y="{at + 4:.1f}">{tick:,g}</text>'
    for tick in x.ticks:
        yield f'<text class="of-x" x="{x.at(tick)}" y="{HEIGHT - 22}">{tick:,g}</text>'
    yield f'<text class="of-x" x="{(_LEFT + WIDTH - _RIGHT) / 2}" y="{HEIGHT - 4}">{across}</text>'


def _line(line: Drawn, x: _Axis, y: _Axis) -> Iterator[str]:
    path = " ".join(f"{x.at(each.x)},{y.at(each.y)}" for each in line.points)
    yield f'<g class="colour-{line.colour}"><title>{html.escape(line.label)}</title>'
    yield f'<polyline points="{path}"/>'
    for each in line.points:
        at, half = x.at(each.x), each.half
        if half is not None:
            low, high = y.at(each.y - half), y.at(each.y + half)
            yield f'<line x1="{at}" x2="{at}" y1="{low}" y2="{high}"/>'
        if half is not None or len(line.points) == 1:
            yield f'<circle cx="{at}" cy="{y.at(each.y)}" r="3"/>'
    yield "</g>"
