"""Runs beside each other: the settings in which they differ, and two sets pair by pair."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from explorer.compare.lines import flat_settings
from explorer.core.likeness import best_partners, likeness
from explorer.errors import ConfigError
from explorer.runs.config import RunConfig
from explorer.sets.folder import DistilledSet, Row

BY = ("number", "likeness", "fitting")


class Beside(NamedTuple):
    """A pair of one set and a pair of the other; None where that set has no more."""

    first: Row | None
    second: Row | None
    likeness: float | None  # mean cosine of their prototypes; None where these cannot be compared


def differing_settings(configs: Sequence[RunConfig]) -> dict[str, list[Any]]:
    """The settings that have more than one value, with the value of each run.

    A setting that the method of a run does not have is None.
    """
    flat = [flat_settings(config.as_json()) for config in configs]
    names = dict.fromkeys(name for settings in flat for name in settings)
    table = {name: [settings.get(name) for settings in flat] for name in names}
    return {name: values for name, values in table.items() if len({*values} - {None}) > 1}


def lay_side_by_side(first: DistilledSet, second: DistilledSet, by: str) -> list[Beside]:
    """The pairs of two sets, every pair once.

    Args:
        first: Its order is kept.
        second: Likewise by number; what it has more stands at the end.
        by: "number" puts prototype k beside prototype k, of labelled sets the k-th image of a class
            beside the k-th of the same class; "likeness" finds the partners that are most alike
            together; "fitting" does so where likeness is known, else goes by number.

    Raises:
        ConfigError: Likeness is asked for, but a set has no prototypes, or those of another
            encoder.
    """
    if by not in BY:
        raise ConfigError(f"by must be one of {', '.join(BY)}, got {by!r}.")
    rows, other_rows = first.rows(), second.rows()
    alike = _likeness(first, second)
    if by == "number" or (by == "fitting" and alike is None):
        places = {place: j for j, place in enumerate(_places(other_rows))}
        partners = np.array([places.get(place, -1) for place in _places(rows)])
    elif alike is None:
        raise ConfigError(
            "Sets from different encoders, or without prototypes, have no likeness; compare them "
            "by number."
        )
    else:
        partners = best_partners(alike)
    beside = [
        Beside(row, other_rows[j], _rounded(alike, i, j)) if j >= 0 else Beside(row, None, None)
        for i, (row, j) in enumerate(zip(rows, partners, strict=True))
    ]
    left = np.setdiff1d(np.arange(len(other_rows)), partners)
    return beside + [Beside(None, other_rows[j], None) for j in left]


def _places(rows: Sequence[Row]) -> list[tuple[str, int]]:
    """The class of each sample, "" where there are none, and its place in it."""
    seen: Counter[str] = Counter()
    places = []
    for row in rows:
        places.append((row.label, seen[row.label]))
        seen[row.label] += 1
    return places


def _likeness(first: DistilledSet, second: DistilledSet) -> np.ndarray | None:
    settings, other_settings = first.settings(), second.settings()
    if any(settings.get(name) != other_settings.get(name) for name in ("bundle", "encoder")):
        return None
    if first.prototypes() is None or second.prototypes() is None:
        return None
    ours, theirs = first.read_prototypes(), second.read_prototypes()
    return likeness(ours["image"], ours["caption"], theirs["image"], theirs["caption"])


def _rounded(alike: np.ndarray | None, i: int, j: int) -> float | None:
    return None if alike is None else round(float(alike[i, j]), 4)
