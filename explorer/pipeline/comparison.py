"""Finished runs as lines: recall against the number of pairs, with intervals."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from explorer.core.retrieval import mean_interval
from explorer.pipeline.methods import METHODS
from explorer.pipeline.runs import RunInfo

_SEEDS = ("prototypes.seed", "synthesis.seed")
_SHARED = ("data", "bundle", "encoder", "evaluation.protocol", "evaluation.text")
"""Settings that decide what is measured, and on what: numbers with others are not comparable."""


class Point(NamedTuple):
    n_pairs: int
    n_sets: int  # distilled sets, each from its own seed
    mean: float  # recall in percent, mean of the six
    half: float | None  # half of its 95 % interval: over sets, or over the students of the only one


class Line(NamedTuple):
    """One way to make sets, measured on one network; lines with equal `about` can be compared."""

    about: dict[str, str]
    network: str
    label: str  # the method, and the settings that set it apart from other lines of this method
    points: list[Point]  # by rising n_pairs

    def as_json(self) -> dict[str, Any]:
        return {**self._asdict(), "points": [point._asdict() for point in self.points]}


def compare(runs: Iterable[RunInfo]) -> list[Line]:
    """Draws runs together that differ only in seeds and in the number of pairs.

    Args:
        runs: Newest first; of two runs with equal settings the newer one counts.
    """
    sets: dict[_Way, dict[_Made, Mapping[str, Any]]] = defaultdict(dict)
    for each in (each for run in runs for each in _sets(run)):
        made = (each.n_pairs, *(each.settings[name] for name in _SEEDS))
        sets[_way(each.settings)].setdefault(made, each.backbones)
    return [
        Line(dict(way.about), network, label, _points(sets[way], network))
        for way, label in _labels(sets).items()
        for network in _networks(sets[way])
    ]


_Made = tuple[Any, ...]  # pairs and seeds of a set


class _Set(NamedTuple):
    """One distilled set, and what students learned from it."""

    settings: Mapping[str, Any]  # flat
    n_pairs: int
    backbones: Mapping[str, Any]


def _sets(run: RunInfo) -> Iterator[_Set]:
    """The set of a run that is done, or the sets of a sweep that is."""
    settings, result = flat_settings(run.job.config.as_json()), run.result or {}
    if evaluation := result.get("evaluation"):
        yield _Set(settings, result["n_pairs"], evaluation["backbones"])
    for each in result.get("sets", []):
        seeds = {name: settings[name] + each["number"] for name in _SEEDS}
        own = {**settings, **seeds, "method": each["method"]}
        yield _Set(own, each["n_pairs"], each["backbones"])


class _Way(NamedTuple):
    """How sets were made and measured, but for seeds and the number of pairs; hashable."""

    about: tuple[tuple[str, Any], ...]
    method: str
    settings: tuple[tuple[str, Any], ...]


def flat_settings(config: Mapping[str, Any]) -> dict[str, Any]:
    """One level: {"prototypes": {"seed": 1}} becomes {"prototypes.seed": 1}."""
    flat: dict[str, Any] = {}
    for name, value in config.items():
        if isinstance(value, Mapping):
            flat |= {f"{name}.{inner}": each for inner, each in value.items()}
        else:
            flat[name] = value
    return {name: _hashable(value) for name, value in flat.items()}


def _hashable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return tuple((name, _hashable(each)) for name, each in value.items())
    return tuple(map(_hashable, value)) if isinstance(value, list | tuple) else value


def _way(settings: Mapping[str, Any]) -> _Way:
    method = settings["method"]
    ignored = {"method", "prototypes.n_prototypes", "evaluation.backbones", *_SEEDS, *_SHARED}
    applies = method not in METHODS or METHODS[method].draws
    rest = [
        (name, value)
        for name, value in settings.items()
        if name not in ignored and (applies or not name.startswith("synthesis."))
    ]
    about = tuple((name.rpartition(".")[2], settings.get(name)) for name in _SHARED)
    return _Way(about, method, tuple(rest))


def _labels(ways: Iterable[_Way]) -> dict[_Way, str]:
    """A method's name, and where several lines have it, the settings that differ among them."""
    groups: dict[tuple[Any, ...], list[_Way]] = defaultdict(list)
    for way in ways:
        groups[way.about, way.method].append(way)
    labels = {}
    for group in groups.values():
        settings = [dict(way.settings) for way in group]
        names = [n for n in settings[0] if len({each.get(n) for each in settings}) > 1]
        for way, own in zip(group, settings, strict=True):
            parts = [_told(name, own.get(name)) for name in names]
            labels[way] = " · ".join([way.method, *parts])
    return labels


def _told(name: str, value: Any) -> str:
    """A setting as people read it in a few words."""
    if name == "edits":
        return f"{len(value or ())} edits"
    if name == "subset":
        return f"subset {value[:8]}" if value else "all rows"
    return f"{name.rpartition('.')[2]} {value}"


def _networks(sets: Mapping[_Made, Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(network for backbones in sets.values() for network in backbones))


def _points(sets: Mapping[_Made, Mapping[str, Any]], network: str) -> list[Point]:
    by_pairs: dict[int, list[list[float | None]]] = defaultdict(list)
    for (n_pairs, *_), backbones in sets.items():
        if network in backbones:
            by_pairs[n_pairs].append(backbones[network]["mean"])
    return [_point(n_pairs, by_pairs[n_pairs]) for n_pairs in sorted(by_pairs)]


def _point(n_pairs: int, scores: list[list[float | None]]) -> Point:
    """From [mean, half of the interval over students] of each set."""
    if len(scores) == 1:
        mean, half = scores[0]
        assert mean is not None
        return Point(n_pairs, 1, mean, half)
    return Point(n_pairs, len(scores), *mean_interval([m for m, _ in scores if m is not None]))
