"""Where Scenes happen: sky, far and ground; each environment is drawn by one function.

Coordinates are pixels of the finished image, y down. `horizon` is where ground begins.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from explorer.scenes.pen import SIZE, Colour, Pen, Point, mix


class Light(NamedTuple):
    """What a time of day does to colours."""

    sky_top: Colour
    sky_bottom: Colour
    ground: tuple[float, float, float]  # factors on everything that is not sky or a thing
    thing: tuple[float, float, float]  # milder, so that a colour keeps its name


TIMES = {
    "day": Light((74, 160, 232), (204, 236, 250), (1, 1, 1), (1, 1, 1)),
    "sunset": Light((110, 74, 148), (255, 170, 96), (0.96, 0.74, 0.66), (1, 0.94, 0.9)),
    "night": Light((12, 16, 52), (44, 58, 110), (0.38, 0.44, 0.62), (0.8, 0.82, 0.92)),
}
"""By falling frequency."""


def sky(pen: Pen, time: str, rng: np.random.Generator) -> None:
    """Fills the canvas with sky, sun or moon, clouds or stars."""
    light = TIMES[time]
    pen.gradient(light.sky_top, light.sky_bottom, SIZE)
    x, y = 16 + 96 * rng.random(), 12 + 16 * rng.random()
    if time == "day":
        pen.disc(x, y, 11, mix(light.sky_top, (255, 246, 190), 0.5))
        pen.disc(x, y, 8, (255, 238, 140))
    elif time == "sunset":
        pen.disc(x, 50, 17, (255, 188, 110))
        pen.disc(x, 50, 13, (255, 222, 130))
    else:
        for _ in range(14):
            pen.disc(SIZE * rng.random(), 56 * rng.random(), 0.8, (214, 222, 250))
        pen.disc(x, y, 9, (248, 244, 214))
        pen.disc(x + 4, y - 2, 7.5, mix(light.sky_top, light.sky_bottom, y / SIZE))
    cloud = {"day": (255, 255, 255), "sunset": (255, 206, 170), "night": (58, 70, 116)}[time]
    for _ in range(int(3.4 * rng.random())):
        x, y, size = SIZE * rng.random(), 14 + 24 * rng.random(), 5 + 4 * rng.random()
        for shift, part in ((-1.3, 0.7), (0, 1), (1.2, 0.75)):
            pen.disc(x + shift * size, y + (1 - part) * size, part * size, cloud, part * size * 0.7)


def _hill(
    pen: Pen,
    rng: np.random.Generator,
    top: float,
    height: float,
    colour: Colour,
    waves: float = 1.5,
) -> None:
    """A band of gently rolling ground from `top` to the lower edge."""
    x = np.linspace(0, SIZE, 33)
    first, second = 2 * np.pi * rng.random(), 2 * np.pi * rng.random()
    y = top - height * (
        0.6 * np.sin(x / SIZE * 2 * np.pi * waves + first)
        + 0.4 * np.sin(x / SIZE * 2 * np.pi * waves * 2.1 + second)
    )
    pen.polygon([*zip(x, y, strict=True), (SIZE, SIZE), (0, SIZE)], colour)


def _peaks(
    pen: Pen,
    rng: np.random.Generator,
    foot: float,
    heights: tuple[float, float],
    colour: Colour,
    cap: Colour,
) -> None:
    """A few pointed mountains with caps."""
    for middle in (18, 54, 90, 122):
        x, height = middle + 18 * (rng.random() - 0.5), heights[0] + heights[1] * rng.random()
        width = height * (0.75 + 0.25 * rng.random())
        pen.polygon([(x - width, foot), (x, foot - height), (x + width, foot)], colour)
        pen.polygon(
            [(x, foot), (x, foot - height), (x + width, foot)], mix(colour, (30, 30, 60), 0.2)
        )
        share = 0.32
        left, right = (
            (x - width * share, foot - height * (1 - share)),
            (x + width * share, foot - height * (1 - share)),
        )
        snow_line: list[Point] = [
            (x + width * 0.1, foot - height * 0.76),
            (x - width * 0.08, foot - height * 0.62),
        ]
        zigzag = [left, (x, foot - height), right, *snow_line]
        pen.polygon(zigzag, cap)


def _pine(
    pen: Pen, x: float, foot: float, height: float, colour: Colour, snow: bool = False
) -> None:
    pen.box(x - height * 0.05, foot, x + height * 0.05, foot - height * 0.2, (104, 72, 50))
    for low, high, wide in ((0.12, 0.55, 0.3), (0.36, 0.78, 0.24), (0.6, 1.0, 0.17)):
        pen.polygon([(x - height * wide, foot - height * low), (x, foot - height * high),
                     (x + height * wide, foot - height * low)], colour)  # fmt: skip
        if snow:
            tip = high - (high - low) * 0.4
            side, white = height * wide * 0.4, (250, 252, 255)
            low_y, high_y = foot - height * tip, foot - height * high
            pen.polygon([(x - side, low_y), (x, high_y), (x + side, low_y)], white)


def meadow(pen: Pen, rng: np.random.Generator, horizon: float) -> None:
    _hill(pen, rng, horizon - 6, 6, (128, 186, 108))
    _hill(pen, rng, horizon + 4, 5, (104, 178, 84))
    _hill(pen, rng, horizon + 20, 4, (84, 164, 68))
    for _ in range(9):
        colour = ((255, 250, 240), (252, 216, 90), (244, 150, 180))[int(3 * rng.random())]
        pen.disc(
            SIZE * rng.random(), horizon + 14 + (SIZE - horizon - 16) * rng.random(), 1.4, colour
        )


def beach(pen: Pen, rng: np.random.Generator, horizon: float) -> None:
    pen.box(0, horizon - 8, SIZE, SIZE, (44, 140, 190))
    pen.box(0, horizon + 2, SIZE, SIZE, (64, 168, 204))
    for _ in range(5):
        x, y = SIZE * rng.random(), horizon - 5 + 14 * rng.random()
        pen.box(x, y, x + 10, y + 0.9, (190, 228, 240))
    _hill(pen, rng, horizon + 17, 3, (236, 248, 250), 0.8)
    _hill(pen, rng, horizon + 21, 3, (240, 214, 160), 0.8)
    if rng.random() < 0.5:
        _palm(pen, (8, 118)[int(2 * rng.random())] + 4 * rng.random(), horizon + 26)


def _palm(pen: Pen, x: float, foot: float) -> None:
    top = foot - 44
    pen.line([(x, foot), (x + 2, foot - 22), (x, top)], (140, 98, 62), 3)
    for dx, dy in ((-15, 5), (-12, -5), (0, -9), (12, -5), (15, 5)):
        pen.polygon(
            [(x, top - 2), (x + dx * 0.6, top + dy - 4), (x + dx, top + dy + 3), (x, top + 2)],
            (46, 134, 72),
        )


def forest(pen: Pen, rng: np.random.Generator, horizon: float) -> None:
    _hill(pen, rng, horizon - 8, 4, (74, 132, 92))
    for x in np.arange(-2, SIZE + 10, 12):
        _pine(pen, x + 6 * rng.random(), horizon + 4, 34 + 10 * rng.random(), (52, 112, 78))
    _hill(pen, rng, horizon + 2, 2, (70, 120, 62))
    for x in np.arange(-4, SIZE + 12, 26):
        _pine(pen, x + 12 * rng.random(), horizon + 10, 40 + 14 * rng.random(), (34, 90, 58))
    _hill(pen, rng, horizon + 10, 3, (92, 138, 66))


def mountains(pen: Pen, rng: np.random.Generator, horizon: float) -> None:
    _peaks(pen, rng, horizon + 4, (34, 20), (122, 134, 160), (250, 252, 255))
    _hill(pen, rng, horizon, 4, (96, 148, 104))
    _hill(pen, rng, horizon + 12, 5, (122, 172, 92))


def city(pen: Pen, rng: np.random.Generator, horizon: float) -> None:
    x = -6.0
    while x < SIZE:
        width, height = 14 + 10 * rng.random(), 26 + 34 * rng.random()
        colour = ((150, 152, 172), (178, 150, 146), (128, 142, 164), (196, 182, 164))[
            int(4 * rng.random())
        ]
        pen.box(x, horizon + 6, x + width, horizon + 6 - height, colour)
        night = pen.light[0] < 0.5
        window = (255, 226, 130) if night else (222, 238, 250)
        kept, pen.light = pen.light, ((1, 1, 1) if night else pen.light)
        for column in np.arange(x + 3, x + width - 3, 5):
            for row in np.arange(horizon + 10 - height, horizon, 7):
                if rng.random() < 0.7:
                    pen.box(column, row, column + 2.4, row + 3.2, window)
        pen.light = kept
        x += width + 1
    pen.box(0, horizon + 6, SIZE, SIZE, (190, 186, 184))
    pen.box(0, horizon + 14, SIZE, SIZE, (116, 118, 128))
    for start in np.arange(4 + 10 * rng.random(), SIZE, 26):
        pen.box(start, horizon + 28, start + 13, horizon + 30, (240, 232, 200))


def desert(pen: Pen, rng: np.random.Generator, horizon: float) -> None:
    _hill(pen, rng, horizon - 6, 8, (232, 172, 104), 0.9)
    _hill(pen, rng, horizon + 6, 6, (240, 188, 116), 1.1)
    for _ in range(1 + int(2 * rng.random())):
        x, foot, height = SIZE * rng.random(), horizon + 8 + 6 * rng.random(), 20 + 8 * rng.random()
        cactus = (70, 138, 84)
        pen.line([(x, foot), (x, foot - height)], cactus, 5)
        pen.disc(x, foot - height, 2.5, cactus)
        pen.line(
            [(x - 8, foot - height * 0.8), (x - 8, foot - height * 0.5), (x, foot - height * 0.45)],
            cactus,
            3,
        )
        pen.line(
            [(x + 8, foot - height * 0.7), (x + 8, foot - height * 0.4), (x, foot - height * 0.35)],
            cactus,
            3,
        )
    _hill(pen, rng, horizon + 22, 5, (246, 204, 136), 0.8)


def snow(pen: Pen, rng: np.random.Generator, horizon: float) -> None:
    _hill(pen, rng, horizon - 8, 7, (206, 220, 238))
    for x in np.arange(0, SIZE, 24):
        if rng.random() < 0.75:
            _pine(
                pen,
                x + 16 * rng.random(),
                horizon + 4,
                26 + 12 * rng.random(),
                (62, 112, 104),
                snow=True,
            )
    _hill(pen, rng, horizon + 4, 4, (228, 236, 248))
    _hill(pen, rng, horizon + 20, 4, (246, 249, 255))


def lake(pen: Pen, rng: np.random.Generator, horizon: float) -> None:
    _hill(pen, rng, horizon - 12, 6, (106, 150, 140))
    _hill(pen, rng, horizon - 5, 3, (88, 152, 92))
    pen.box(0, horizon, SIZE, SIZE, (86, 150, 188))
    pen.box(0, horizon + 10, SIZE, SIZE, (104, 172, 204))
    for _ in range(6):
        x, y = SIZE * rng.random(), horizon + 4 + 22 * rng.random()
        pen.box(x, y, x + 12, y + 0.9, (186, 218, 232))
    _hill(pen, rng, horizon + 32, 3, (92, 156, 76), 0.8)
    for _ in range(4):
        x = (20 * rng.random(), SIZE - 20 * rng.random())[int(2 * rng.random())]
        pen.line([(x, horizon + 40), (x + 1, horizon + 22)], (70, 120, 60), 1.2)
        pen.disc(x + 1, horizon + 22, 1.5, (122, 82, 52), 4)


ENVIRONMENTS: dict[str, Callable[[Pen, np.random.Generator, float], None]] = {
    "meadow": meadow,
    "beach": beach,
    "forest": forest,
    "city": city,
    "mountains": mountains,
    "lake": lake,
    "snow": snow,
    "desert": desert,
}
"""By falling frequency."""
