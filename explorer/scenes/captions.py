"""Captions for a scene: a small grammar, five captions of growing detail, many paraphrases."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np

from explorer.scenes.scene import Scene, Thing

Choice = TypeVar("Choice")

_KINDS: Mapping[str, Sequence[str]] = {
    "house": ("house", "house", "cottage"),
    "car": ("car",),
    "cat": ("cat", "cat", "kitten"),
    "bird": ("bird",),
    "sailboat": ("sailboat", "sailboat", "boat"),
    "flower": ("flower", "flower", "blossom"),
    "tent": ("tent",),
    "balloon": ("hot air balloon", "balloon"),
    "umbrella": ("umbrella", "umbrella", "parasol"),
    "kite": ("kite",),
    "mushroom": ("mushroom", "mushroom", "toadstool"),
    "robot": ("robot",),
}
_COLOURS: Mapping[str, Sequence[str]] = {"purple": ("purple", "purple", "violet")}
_ENVIRONMENTS: Mapping[str, Sequence[str]] = {
    "meadow": ("in a meadow", "on a green meadow", "in the grass"),
    "beach": ("at the beach", "on a sandy beach", "by the sea"),
    "forest": ("in a forest", "in the woods", "among pine trees"),
    "city": ("in a city", "on a city street", "in the town"),
    "mountains": ("in the mountains", "below snowy peaks", "in a mountain valley"),
    "lake": ("by a lake", "at the lake shore", "on the lake"),
    "snow": ("in the snow", "on a snowy hill", "in a winter landscape"),
    "desert": ("in a desert", "among the dunes", "in the desert sand"),
}
_TIMES: Mapping[str, Sequence[str]] = {
    "day": ("by day", "on a bright day", "in daylight"),
    "sunset": ("at sunset", "in the evening light", "as the sun sets"),
    "night": ("at night", "under the stars", "in the moonlight"),
}
_SIDES: Mapping[str, Sequence[str]] = {
    "left": ("on the left", "to the left"),
    "middle": ("in the middle", "in the centre"),
    "right": ("on the right", "to the right"),
}


class _Voice:
    """Picks words; one generator, so that a scene always gets the same captions."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng

    def one_of(self, choices: Sequence[Choice]) -> Choice:
        return choices[int(self._rng.random() * len(choices))]

    def thing(self, thing: Thing, colour: bool = True) -> str:
        kind = self.one_of(_KINDS[thing.kind])
        words = (
            f"{self.one_of(_COLOURS.get(thing.colour, (thing.colour,)))} {kind}" if colour else kind
        )
        return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"

    def where(self, scene: Scene) -> str:
        return self.one_of(_ENVIRONMENTS[scene.environment])

    def when(self, scene: Scene) -> str:
        return self.one_of(_TIMES[scene.time])

    def at_side(self, thing: Thing) -> str:
        return self.one_of(_SIDES[thing.side])


def write_captions(scene: Scene, seed: Sequence[int]) -> tuple[str, ...]:
    """Five captions, from a few words to every thing with its colour and place."""
    voice = _Voice(np.random.default_rng([*seed, 2]))
    main, *others = scene.things
    short = voice.one_of(
        (
            f"{voice.thing(main)}",
            f"{voice.thing(main, colour=False)} {voice.where(scene)}",
            f"{voice.thing(main, colour=False)} {voice.when(scene)}",
        )
    )
    plain = f"{voice.thing(main)} {voice.where(scene)}"
    timed = voice.one_of(
        (
            f"{voice.thing(main)} {voice.where(scene)} {voice.when(scene)}",
            f"{voice.when(scene)}, {voice.thing(main)} {voice.where(scene)}",
        )
    )
    return short, plain, timed, _related(voice, scene, main, others), _full(voice, scene)


def _related(voice: _Voice, scene: Scene, main: Thing, others: Sequence[Thing]) -> str:
    """Names one other thing and how the main thing stands to it."""
    if not others:
        return f"{voice.thing(main)} {voice.at_side(main)} {voice.where(scene)} {voice.when(scene)}"
    other = voice.one_of(others)
    first, second = voice.thing(main), voice.thing(other)
    if main.flies and not other.flies:
        relation = f"{first} {voice.one_of(('above', 'high above'))} {second}"
    elif other.flies and not main.flies:
        relation = voice.one_of((f"{first} below {second}", f"{first} with {second} above it"))
    elif main.x < other.x:
        relation = voice.one_of(
            (f"{first} to the left of {second}", f"{second} to the right of {first}")
        )
    else:
        relation = voice.one_of(
            (f"{first} to the right of {second}", f"{second} to the left of {first}")
        )
    return f"{relation} {voice.one_of((voice.where(scene), voice.when(scene)))}"


def _full(voice: _Voice, scene: Scene) -> str:
    """Names every thing with its colour and side, the environment and the time: the most detail."""
    parts = [f"{voice.thing(thing)} {_place(voice, scene, thing)}" for thing in scene.things]
    listed = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"{listed}, {voice.where(scene)} {voice.when(scene)}"


def _place(voice: _Voice, scene: Scene, thing: Thing) -> str:
    """Where a thing is; with three of them the sky needs no side, a caption ends at 30 words."""
    if not thing.flies:
        return voice.at_side(thing)
    return "in the sky" if len(scene.things) > 2 else f"in the sky {voice.at_side(thing)}"
