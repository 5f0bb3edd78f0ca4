"""What the built-in backbones read from an image: the order of their outputs."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from explorer.scenes.environments import ENVIRONMENTS, TIMES
from explorer.scenes.things import COLOURS, THINGS

CHOICES: dict[str, tuple[str, ...]] = {
    "environment": tuple(ENVIRONMENTS),
    "time": tuple(TIMES),
    "kind": tuple(THINGS),
    "colour": tuple(COLOURS),
    "side": ("left", "middle", "right"),
}
"""One answer each; kind, colour and side are the main thing's."""
PRESENT: tuple[str, ...] = tuple(f"{colour} {kind}" for kind in THINGS for colour in COLOURS)
"""Any number of answers: every thing in the image with its colour."""
N_OUTPUTS = sum(map(len, CHOICES.values())) + len(PRESENT)


def choice_slices() -> dict[str, slice]:
    """Where the outputs of each question of `CHOICES` stand; `PRESENT` fills the rest."""
    slices, start = {}, 0
    for question, answers in CHOICES.items():
        slices[question] = slice(start, start + len(answers))
        start += len(answers)
    return slices


def true_answers(attributes: Mapping[str, Any]) -> dict[str, int]:
    """The right answer to each question of `CHOICES`, as its number."""
    main = attributes["things"][0]
    said = {"environment": attributes["environment"], "time": attributes["time"], **main}
    return {question: answers.index(said[question]) for question, answers in CHOICES.items()}


def true_presence(attributes: Mapping[str, Any]) -> np.ndarray:
    """(len(PRESENT),) bool: which coloured things the image shows."""
    shown = {f"{thing['colour']} {thing['kind']}" for thing in attributes["things"]}
    return np.array([name in shown for name in PRESENT])


def read_answers(
    outputs: np.ndarray, questions: Sequence[str] = tuple(CHOICES)
) -> dict[str, np.ndarray]:
    """The most likely answer to each question: (B,) int by its name, from (B, N_OUTPUTS)."""
    slices = choice_slices()
    return {question: outputs[:, slices[question]].argmax(axis=1) for question in questions}
