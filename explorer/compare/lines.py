"""Finished runs as lines: the headline metric against the size of sets, with intervals."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from explorer.core.retrieval import mean_interval
from explorer.methods.registry import find_method, methods_for
from explorer.methods.ways import told_value
from explorer.runs.config import (
    RunConfig,
    data_name,
    method_of,
    reseeded,
    seeds_of,
    task_of_run,
)
from explorer.runs.launcher import RunInfo
from explorer.runs.outcome import as_seen, scores_of_set
from explorer.sets.others import without_paths
from explorer.settings import by_place
from explorer.tasks.registry import find_task
from explorer.tasks.task import Interval, Scores

_MODELS = ("data", "bundle", "encoder", "task")
"""Settings that decide what is measured, and on what, besides those that the task names."""

_BY_HAND = ("edits", "subset")
"""What people changed in the page; a line with any never looks like one without."""


@dataclass(frozen=True)
class LinePoint:
    """Sets of one size."""

    n_pairs: int
    n_sets: int  # distilled sets, each from its own seed
    mean: float  # the headline metric
    half: float | None  # half of its 95 % interval: over sets, or over the students of the only one
    n_bytes: float | None = None  # of a set, mean over those that were counted


@dataclass(frozen=True)
class Line:
    """One way to make sets, measured on one network; lines with equal `about` can be compared."""

    about: dict[str, Any]
    protocol: str  # name of the task's way to score students
    on: str  # what was measured, and on what, in words
    network: str
    label: str  # the method, and the settings that set it apart from other lines of this method
    place: int  # of the method among those of its task; it has the colour of this place everywhere
    points: list[LinePoint]  # by rising n_pairs


def compare(runs: Iterable[RunInfo]) -> list[Line]:
    """Draws runs, newest first, together that differ only in seeds and in the size of their sets.

    Sets are the same when what made them is the same; of those the newest counts.
    """
    sets: dict[_Way, dict[_Made, _Set]] = defaultdict(dict)
    for each in (each for run in runs for each in _sets(run)):
        made = (each.n_pairs, *seeds_of(each.config.settings))
        sets[_way(each.config)].setdefault(made, each)
    return [
        Line(
            about=dict(way.about),
            protocol=way.protocol,
            on=_on(way, network),
            network=network,
            label=label,
            place=_place(way),
            points=_points(sets[way], network, way),
        )
        for way, label in _labels(sets).items()
        for network in _networks(sets[way])
    ]


def _place(way: "_Way") -> int:
    names = [method.name for method in methods_for(dict(way.about)["task"])]
    return names.index(way.method)


def _on(way: "_Way", network: str) -> str:
    """What was measured, and on what; models where they embed the data and are not its own."""
    about = dict(way.about)
    task = find_task(about["task"])
    models = f"{about['bundle']} with {about['encoder']}" if about["encoder"] else about["bundle"]
    is_named = task.embeds and (about["encoder"] or about["bundle"] != about["data"])
    parts = [data_name(about["data"]), *([f"models {models}"] if is_named else [])]
    return " · ".join([*parts, *task.students(about), network])


_Made = tuple[Any, ...]  # pairs and seeds of a set


class _Set(NamedTuple):
    """One distilled set, and what students learned from it."""

    config: RunConfig
    n_pairs: int
    scores: Scores
    n_bytes: int | None  # None where nobody counted


def _sets(run: RunInfo) -> Iterator[_Set]:
    """The set of a run that is done, or the sets of a sweep that is."""
    result = run.result or {}
    config = as_seen(run.job.config, result)
    task = task_of_run(config)
    if evaluation := result.get("evaluation"):
        spared = method_of(config).n_spared(config.settings)
        size = config.size if task.per_class else result["n_pairs"] + spared
        yield _Set(config, size, task.scores(evaluation), result.get("n_bytes"))
    for each in result.get("sets", []):
        own = config.with_method(each["method"])
        settings = reseeded(own.settings, each["number"])
        scores = scores_of_set(each, run.job)
        own = replace(own, settings=settings)
        yield _Set(own, each["n_pairs"], scores, each.get("n_bytes"))


class _Way(NamedTuple):
    """How sets were made and measured, but for seeds and the number of pairs; hashable."""

    about: tuple[tuple[str, Any], ...]
    protocol: str
    method: str
    settings: tuple[tuple[str, Any], ...]


def flat_settings(config: Mapping[str, Any]) -> dict[str, Any]:
    """One level: {"settings": {"prototypes": {"seed": 1}}} becomes {"prototypes.seed": 1}."""
    flat: dict[str, Any] = {}
    for name, value in config.items():
        if isinstance(value, Mapping):
            inner = flat_settings(value)
            flat |= inner if name == "settings" else {f"{name}.{n}": v for n, v in inner.items()}
        else:
            flat[name] = value
    return {name: _hashable(value) for name, value in flat.items()}


def _hashable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return tuple((name, _hashable(each)) for name, each in value.items())
    return tuple(map(_hashable, value)) if isinstance(value, list | tuple) else value


def _way(config: RunConfig) -> _Way:
    task = task_of_run(config)
    flat = flat_settings(config.as_json())
    shared = [*_MODELS, *(f"evaluation.{name}" for name in task.shared)]
    ignored = {"method", "size", "evaluation.backbones", "evaluation.architectures", *shared}
    rest = [
        (name, value)
        for name, value in flat.items()
        if name not in ignored and name.rpartition(".")[2] != "seed"
    ]
    about = tuple((name.rpartition(".")[2], flat[name]) for name in shared)
    return _Way(about, task.protocol(config.evaluation), config.method, tuple(rest))


def _labels(ways: Iterable[_Way]) -> dict[_Way, str]:
    """A method's name, the settings that differ among its lines, and what was done by hand."""
    groups: dict[tuple[Any, ...], list[_Way]] = defaultdict(list)
    for way in ways:
        groups[way.about, way.method].append(way)
    labels = {}
    for group in groups.values():
        settings = [dict(way.settings) for way in group]
        names = [n for n in settings[0] if len({each.get(n) for each in settings}) > 1]
        called = _called(group[0])
        for way, own in zip(group, settings, strict=True):
            parts = [
                f"{called.get(name, name)} {_told(own.get(name))}"
                for name in names
                if name not in _BY_HAND
            ]
            by_hand = [_told_by_hand(name, own[name]) for name in _BY_HAND if own.get(name)]
            labels[way] = " · ".join([way.method, *parts, *by_hand])
    return labels


def _called(way: _Way) -> dict[str, str]:
    """What the page calls the settings of a method and of a task, by their place in a config."""
    of_task = by_place(find_task(dict(way.about)["task"]).config, "evaluation.")
    found = [*by_place(find_method(way.method).config), *of_task]
    return {place: each.label_in_text for place, each in found}


def _told(value: Any) -> str:
    """The value of a setting in a few words."""
    if isinstance(value, tuple):
        return ", ".join(map(_told, value)) or "none"
    return "none" if value in (None, "") else told_value(without_paths(value))


def _told_by_hand(name: str, value: Any) -> str:
    if name == "edits":
        return f"{len(value)} edit{'s' * (len(value) > 1)}"
    return f"subset {value[:8]}"


def _networks(sets: Mapping[_Made, _Set]) -> list[str]:
    return list(dict.fromkeys(network for each in sets.values() for network in each.scores))


def _points(sets: Mapping[_Made, _Set], network: str, way: _Way) -> list[LinePoint]:
    headline = find_task(dict(way.about)["task"]).headline.name
    by_pairs: dict[int, list[tuple[Interval, int | None]]] = defaultdict(list)
    for each in sets.values():
        scores = each.scores.get(network, {})
        if headline in scores and scores[headline][0] is not None:
            by_pairs[each.n_pairs].append((scores[headline], each.n_bytes))
    return [_point(n_pairs, by_pairs[n_pairs]) for n_pairs in sorted(by_pairs)]


def _point(n_pairs: int, sets: Sequence[tuple[Interval, int | None]]) -> LinePoint:
    """From [mean, half of the interval over students] and the bytes of each set."""
    counted = [n_bytes for _, n_bytes in sets if n_bytes]
    n_bytes = sum(counted) / len(counted) if counted else None
    if len(sets) == 1:
        mean, half = sets[0][0]
        assert mean is not None, "those without are left out"
        return LinePoint(n_pairs, 1, mean, half, n_bytes)
    means = [mean for (mean, _), _ in sets if mean is not None]
    return LinePoint(n_pairs, len(sets), *mean_interval(means), n_bytes)
