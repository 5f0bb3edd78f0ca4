"""The things that stand, swim and fly in Scenes, each drawn by one function.

A thing is drawn with a pen whose origin is the middle of its foot, y up, one unit tall.
"""

from collections.abc import Callable

import numpy as np

from explorer.scenes.pen import Colour, Pen, mix

COLOURS: dict[str, Colour] = {
    "red": (214, 40, 40),
    "blue": (38, 92, 214),
    "yellow": (250, 206, 40),
    "white": (246, 246, 244),
    "green": (34, 150, 72),
    "orange": (245, 128, 22),
    "purple": (128, 56, 178),
    "pink": (247, 128, 186),
}
"""By falling frequency."""

_DARK, _CREAM, _GLASS, _WOOD = (44, 44, 58), (255, 244, 220), (196, 228, 244), (126, 84, 52)


def _shadow(colour: Colour) -> Colour:
    return mix(colour, (20, 20, 60), 0.28)


def _shine(colour: Colour) -> Colour:
    return mix(colour, (255, 255, 255), 0.35)


def house(pen: Pen, colour: Colour) -> None:
    pen.box(0.20, 0.72, 0.32, 0.98, _shadow(colour))
    pen.box(-0.42, 0, 0.42, 0.58, colour)
    pen.box(0.14, 0, 0.42, 0.58, _shadow(colour))
    pen.polygon([(-0.54, 0.56), (0, 1), (0.54, 0.56)], (112, 66, 58))
    pen.polygon([(0.08, 0.56), (0, 1), (0.54, 0.56)], (88, 50, 48))
    pen.box(-0.1, 0, 0.1, 0.32, _WOOD)
    pen.box(-0.34, 0.26, -0.18, 0.44, (255, 236, 150))
    pen.box(0.2, 0.26, 0.36, 0.44, (255, 236, 150))


def car(pen: Pen, colour: Colour) -> None:
    pen.polygon([(-0.5, 0.45), (-0.32, 0.86), (0.28, 0.86), (0.52, 0.45)], colour)
    pen.polygon([(-0.40, 0.48), (-0.27, 0.77), (-0.04, 0.77), (-0.04, 0.48)], _GLASS)
    pen.polygon([(0.04, 0.48), (0.04, 0.77), (0.24, 0.77), (0.41, 0.48)], _GLASS)
    pen.box(-0.86, 0.16, 0.86, 0.48, colour)
    pen.box(-0.86, 0.16, 0.86, 0.27, _shadow(colour))
    pen.disc(0.80, 0.38, 0.06, (255, 240, 170))
    for x in (-0.5, 0.5):
        pen.disc(x, 0.18, 0.19, _DARK)
        pen.disc(x, 0.18, 0.08, (205, 205, 212))


def sailboat(pen: Pen, colour: Colour) -> None:
    pen.line([(0, 0.2), (0, 1)], _WOOD, 0.045)
    pen.polygon([(-0.06, 0.28), (-0.06, 0.98), (-0.52, 0.28)], _shadow(colour))
    pen.polygon([(0.06, 0.28), (0.06, 0.92), (0.48, 0.28)], colour)
    pen.polygon([(-0.62, 0.22), (0.62, 0.22), (0.42, 0), (-0.42, 0)], _WOOD)
    pen.box(-0.6, 0.16, 0.6, 0.22, _CREAM)


def balloon(pen: Pen, colour: Colour) -> None:
    pen.line([(-0.24, 0.42), (-0.09, 0.15)], _DARK, 0.022)
    pen.line([(0.24, 0.42), (0.09, 0.15)], _DARK, 0.022)
    pen.polygon([(-0.34, 0.52), (0.34, 0.52), (0.1, 0.26), (-0.1, 0.26)], _shadow(colour))
    pen.disc(0, 0.65, 0.38, colour, 0.35)
    pen.disc(0, 0.65, 0.2, _shine(colour), 0.35)
    pen.disc(0, 0.65, 0.09, colour, 0.35)
    pen.box(-0.11, 0, 0.11, 0.16, _WOOD)


def umbrella(pen: Pen, colour: Colour) -> None:
    pen.line([(0, 0), (0, 0.9)], _CREAM, 0.05)
    pen.half_disc(0, 0.56, 0.6, 0.4, colour)
    for x in (-0.36, 0.12):
        turn = np.linspace(0, 1, 9)
        left = [(x * (1 - t) ** 0.5, 0.56 + 0.4 * t) for t in turn]
        right = [((x + 0.24) * (1 - t) ** 0.5, 0.56 + 0.4 * t) for t in turn]
        pen.polygon(left + right[::-1], _shine(colour))
    pen.disc(0, 0.97, 0.035, _CREAM)


def tent(pen: Pen, colour: Colour) -> None:
    pen.polygon([(-0.75, 0), (0.75, 0), (0, 0.95)], colour)
    pen.polygon([(0.22, 0), (0.75, 0), (0, 0.95)], _shadow(colour))
    pen.polygon([(-0.22, 0), (0.14, 0), (-0.02, 0.58)], _DARK)
    pen.line([(0, 0.94), (0, 1.06)], _WOOD, 0.03)
    pen.polygon([(0, 1.1), (0, 0.98), (0.16, 1.04)], _shine(colour))


def cat(pen: Pen, colour: Colour) -> None:
    pen.line([(0.2, 0.06), (0.44, 0.1), (0.5, 0.3), (0.42, 0.44)], colour, 0.1)
    pen.disc(0, 0.27, 0.3, colour, 0.29)
    pen.disc(0, 0.2, 0.15, _shine(colour), 0.18)
    pen.polygon([(-0.26, 0.72), (-0.24, 1), (-0.04, 0.84)], colour)
    pen.polygon([(0.26, 0.72), (0.24, 1), (0.04, 0.84)], colour)
    pen.disc(0, 0.66, 0.27, colour, 0.23)
    for x in (-0.1, 0.1):
        pen.disc(x, 0.69, 0.05, _DARK, 0.06)
    pen.disc(0, 0.6, 0.035, (236, 120, 130))
    for x in (-0.12, 0.12):
        pen.disc(x, 0.04, 0.09, _shine(colour), 0.05)


def bird(pen: Pen, colour: Colour) -> None:
    pen.line([(-0.06, 0.24), (-0.06, 0)], (236, 150, 40), 0.05)
    pen.line([(0.1, 0.24), (0.1, 0)], (236, 150, 40), 0.05)
    pen.polygon([(-0.3, 0.5), (-0.74, 0.74), (-0.66, 0.48), (-0.24, 0.3)], _shadow(colour))
    pen.disc(0, 0.46, 0.42, colour, 0.3)
    pen.disc(0.28, 0.74, 0.24, colour)
    pen.polygon([(0.48, 0.8), (0.74, 0.7), (0.48, 0.66)], (250, 160, 30))
    pen.disc(0.35, 0.79, 0.05, _DARK)
    pen.disc(-0.1, 0.46, 0.26, _shadow(colour), 0.16)


def flower(pen: Pen, colour: Colour) -> None:
    pen.line([(0, 0), (0.03, 0.3), (0, 0.66)], (40, 120, 58), 0.055)
    pen.polygon([(0, 0.12), (0.3, 0.38), (0.05, 0.3)], (52, 146, 70))
    pen.polygon([(0, 0.06), (-0.3, 0.3), (-0.03, 0.24)], (52, 146, 70))
    for turn in np.arange(7) * (2 * np.pi / 7) + 0.2:
        pen.disc(0.2 * np.cos(turn), 0.72 + 0.2 * np.sin(turn), 0.125, colour)
    pen.disc(0, 0.72, 0.13, (110, 70, 40))


def kite(pen: Pen, colour: Colour) -> None:
    pen.line([(0, 0.36), (-0.1, 0.24), (0.06, 0.14), (-0.06, 0)], _CREAM, 0.025)
    for x, y in ((-0.08, 0.23), (0.04, 0.12)):
        pen.polygon([(x - 0.09, y + 0.05), (x - 0.09, y - 0.05), (x + 0.09, y + 0.05),
                     (x + 0.09, y - 0.05)], _shine(colour))  # fmt: skip
    pen.polygon([(0, 0.34), (-0.36, 0.72), (0, 1), (0.36, 0.72)], colour)
    pen.polygon([(0, 0.34), (0, 0.72), (0.36, 0.72)], _shadow(colour))
    pen.polygon([(0, 1), (0, 0.72), (-0.36, 0.72)], _shine(colour))


def mushroom(pen: Pen, colour: Colour) -> None:
    pen.polygon([(-0.15, 0), (0.15, 0), (0.11, 0.5), (-0.11, 0.5)], _CREAM)
    pen.disc(0, 0.02, 0.16, _CREAM, 0.06)
    pen.half_disc(0, 0.46, 0.52, 0.5, colour)
    pen.disc(0, 0.46, 0.52, _shadow(colour), 0.07)
    spot = (255, 250, 240) if min(colour) < 200 else (150, 150, 170)
    for x, y, size in ((-0.24, 0.66, 0.085), (0.06, 0.8, 0.095), (0.29, 0.62, 0.07)):
        pen.disc(x, y, size, spot)


def robot(pen: Pen, colour: Colour) -> None:
    for x in (-0.17, 0.17):
        pen.box(x - 0.07, 0, x + 0.07, 0.18, _DARK)
        pen.line([(2 * x, 0.46), (2.6 * x, 0.22)], (150, 156, 170), 0.08)
    pen.box(-0.32, 0.16, 0.32, 0.56, colour)
    pen.box(-0.16, 0.26, 0.16, 0.44, _shine(colour))
    pen.disc(0, 0.35, 0.05, _shadow(colour))
    pen.line([(0, 0.86), (0, 0.97)], (150, 156, 170), 0.04)
    pen.disc(0, 0.98, 0.05, (250, 206, 40))
    pen.box(-0.26, 0.58, 0.26, 0.88, colour)
    pen.box(-0.2, 0.64, 0.2, 0.82, _DARK)
    for x in (-0.1, 0.1):
        pen.disc(x, 0.73, 0.05, (140, 244, 230))


THINGS: dict[str, Callable[[Pen, Colour], None]] = {
    "house": house,
    "car": car,
    "cat": cat,
    "bird": bird,
    "sailboat": sailboat,
    "flower": flower,
    "tent": tent,
    "balloon": balloon,
    "umbrella": umbrella,
    "kite": kite,
    "mushroom": mushroom,
    "robot": robot,
}
"""By falling frequency."""

FLYING = ("balloon", "kite")
"""Things whose place is the sky."""
