"""What is in an image: drawn from a seed, and put on the canvas."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, ImageOps

from explorer.scenes.environments import ENVIRONMENTS, TIMES, sky
from explorer.scenes.pen import Pen
from explorer.scenes.things import COLOURS, FLYING, THINGS


class Thing(NamedTuple):
    """One thing in a scene; pixels of the finished image, y down."""

    kind: str
    colour: str
    x: float  # middle
    foot: float  # lower edge
    height: float
    flip: bool  # looks to the other side

    @property
    def flies(self) -> bool:
        return self.kind in FLYING

    @property
    def side(self) -> str:
        """Third of the image: "left", "middle" or "right"."""
        return ("left", "middle", "right")[min(max(int(self.x // 43), 0), 2)]


class Scene(NamedTuple):
    """Everything that decides an image."""

    environment: str
    time: str
    things: tuple[Thing, ...]  # the main thing first
    detail: tuple[int, ...]  # start of the generator of hills, clouds and the like

    def attributes(self) -> dict[str, Any]:
        """What is truly in the image, JSON-ready."""
        things = [{**thing._asdict(), "side": thing.side} for thing in self.things]
        return {"environment": self.environment, "time": self.time, "things": things}


_HOME: Mapping[str, Sequence[str]] = {
    "house": ("meadow", "city", "mountains"),
    "car": ("city", "desert"),
    "cat": ("city", "meadow"),
    "bird": ("lake", "forest", "snow"),
    "sailboat": ("beach", "lake"),
    "flower": ("meadow", "mountains"),
    "tent": ("forest", "mountains", "desert", "snow"),
    "balloon": ("meadow", "mountains", "desert"),
    "umbrella": ("beach", "city"),
    "kite": ("beach", "meadow"),
    "mushroom": ("forest",),
    "robot": ("city", "desert", "snow"),
}
"""Environments where a kind is five times as frequent as elsewhere."""

_SHAPE = {
    "car": 0.62,
    "tent": 0.78,
    "house": 0.95,
    "umbrella": 0.95,
    "sailboat": 1.05,
    "bird": 0.78,
}
"""Height of a kind, where it differs from the usual, so that wide things are not too wide."""

_LEFT_MIDDLE_RIGHT = (27.0, 64.0, 101.0)

_GLARE, _DARK = (255.0, 255.0, 255.0), (0.0, 0.0, 0.0)
"""Lights in which everything is white, or black: no colour of a thing has a channel at 0."""


@cache
def _steps(names: tuple[str, ...], favourites: tuple[str, ...]) -> list[float]:
    """Summed frequencies, that fall with the rank in `names`, as real data does."""
    weights = [(5.0 if n in favourites else 1.0) / (r + 1) ** 0.8 for r, n in enumerate(names)]
    steps: list[float] = np.cumsum(np.array(weights) / np.sum(weights)).tolist()
    return steps


def _pick(rng: np.random.Generator, names: Iterable[str], favourites: tuple[str, ...] = ()) -> str:
    # Only `random` is drawn from: its stream is the one numpy promises not to change.
    names = tuple(names)
    return names[min(bisect_left(_steps(names, favourites), rng.random()), len(names) - 1)]


def sample_scene(seed: Sequence[int]) -> Scene:
    """Draws a scene; the same seed gives the same scene on every machine."""
    rng = np.random.default_rng(list(seed))
    environment, time = _pick(rng, ENVIRONMENTS), _pick(rng, TIMES)
    count = 1 + bisect_left([0.3, 0.75], rng.random())
    order = sorted(range(3), key=lambda slot: (rng.random(), slot))
    favourites = tuple(kind for kind in THINGS if environment in _HOME[kind])
    things: list[Thing] = []
    for number in range(count):
        shown = [thing.kind for thing in things]
        kind = _pick(rng, (each for each in THINGS if each not in shown), favourites)
        colour = _pick(rng, COLOURS)
        things.append(_placed(rng, environment, kind, colour, order[number], is_main=number == 0))
    return Scene(environment, time, tuple(things), (*seed, 1))


def _placed(
    rng: np.random.Generator, environment: str, kind: str, colour: str, slot: int, is_main: bool
) -> Thing:
    height = (54 + 8 * rng.random() if is_main else 35 + 6 * rng.random()) * _SHAPE.get(kind, 1.0)
    x = _LEFT_MIDDLE_RIGHT[slot] + 9 * (rng.random() - 0.5)
    if kind in FLYING:
        foot = height + 8 + 10 * rng.random()
    elif kind == "sailboat" and environment in _HOME["sailboat"]:
        foot = (100 if is_main else 88) + 4 * rng.random()
    else:
        foot = (116 if is_main else 101) + 6 * (rng.random() - 0.5)
    return Thing(kind, colour, round(x, 2), round(foot, 2), round(height, 2), rng.random() < 0.5)


def draw_scene(scene: Scene) -> Image.Image:
    """The image of a scene: 128 x 128, RGB."""
    rng = np.random.default_rng(list(scene.detail))
    pen = Pen()
    sky(pen, scene.time, rng)
    light = TIMES[scene.time]
    pen.light = light.ground
    ENVIRONMENTS[scene.environment](pen, rng, 68 + 8 * rng.random())
    for thing in _back_to_front(scene):
        if not thing.flies:
            ground = pen.at(thing.x, thing.foot, thing.height, light.ground, thing.flip)
            ground.disc(0.02, 0.0, 0.42, (92, 96, 88), 0.055)
        local = pen.at(thing.x, thing.foot, thing.height, light.thing, thing.flip)
        THINGS[thing.kind](local, COLOURS[thing.colour])
    return pen.image()


def _back_to_front(scene: Scene) -> list[Thing]:
    return sorted(scene.things, key=lambda thing: thing.foot)


def mask_of_main_thing(scene: Scene) -> Image.Image:
    """Where the main thing is seen: 128 x 128, white there and black elsewhere."""
    main = scene.things[0]
    return _silhouettes(scene, lambda thing: _GLARE if thing == main else _DARK)


def mask_of_environment(scene: Scene) -> Image.Image:
    """Where no thing stands before the environment, likewise."""
    return ImageOps.invert(_silhouettes(scene, lambda thing: _GLARE))


def _silhouettes(scene: Scene, light_on: Callable[[Thing], Sequence[float]]) -> Image.Image:
    """The things alone, each as light as is said, on black."""
    pen = Pen()
    for thing in _back_to_front(scene):
        local = pen.at(thing.x, thing.foot, thing.height, light_on(thing), thing.flip)
        THINGS[thing.kind](local, COLOURS[thing.colour])
    return pen.image().convert("L")
