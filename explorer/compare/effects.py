"""Which of the settings that a sweep varied matters, and how much a larger set brings."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from explorer.core.retrieval import known_interval
from explorer.methods.ways import label_in_text, method_of_way, read_way, told_value
from explorer.runs.tables import Scored
from explorer.tasks.task import Interval


@dataclass(frozen=True)
class Effect:
    """What one value of a setting brings over its first value, all else being equal."""

    network: str
    method: str
    setting: str  # as the page calls it
    value: str
    first: str  # the value that it is compared with
    gain: Interval  # of the headline metric, over sets
    n_sets: int


@dataclass(frozen=True)
class Size:
    """What a set of one size brings over the next smaller one, and lacks to all of train."""

    network: str
    method: str  # or a way
    n_pairs: int
    mean: Interval
    gain: Interval | None  # over the size before, sets of equal seeds paired
    short: Interval | None  # of what students learn from all of train, where that was scored


@dataclass(frozen=True)
class Combination:
    """What sets of one size learned with one choice of the settings that were varied."""

    network: str
    method: str
    n_pairs: int
    values: dict[str, str]  # by setting, as the page calls it
    mean: Interval  # of the headline metric, over sets
    n_sets: int


def effects(scores: Sequence[Scored]) -> list[Effect]:
    """Main effects, the setting that matters most first.

    Two sets are compared that differ in one setting alone. Their differences are averaged over
    sizes and over the other settings, and the interval is over sets, which are independent.
    """
    found = [
        Effect(network, method, setting, told_value(value), told_value(first), gain, n_sets)
        for network in _networks(scores)
        for (method, setting), by_value in _by_setting(scores, network).items()
        for first in [next(iter(by_value))]
        for value, own in by_value.items()
        for gain, n_sets in [_gain(own, by_value[first])]
        if value != first and n_sets
    ]
    size: dict[tuple[str, str, str], float] = defaultdict(float)
    for each in found:
        key = each.network, each.method, each.setting
        size[key] = max(size[key], abs(each.gain[0] or 0.0))
    return sorted(found, key=lambda e: (e.network, e.method, -size[e.network, e.method, e.setting]))


_Rest = tuple[Any, ...]  # everything but one setting and the number of the set
_Values = dict[Any, dict[int, dict[_Rest, float]]]  # by value, number of the set, and the rest


def _by_setting(scores: Iterable[Scored], network: str) -> Mapping[tuple[str, str], _Values]:
    found: dict[tuple[str, str], _Values] = defaultdict(lambda: defaultdict(dict))
    for each in scores:
        way = read_way(each.method)
        for name, value in way.changed.items():
            others = tuple((n, v) for n, v in way.changed.items() if n != name)
            by_value = found[way.method.name, label_in_text(way.method, name)]
            by_number = by_value[value].setdefault(each.number, {})
            by_number[(each.n_pairs, *others)] = each.mean[network]
    return found


def _gain(
    own: Mapping[int, Mapping[_Rest, float]], first: Mapping[int, Mapping[_Rest, float]]
) -> tuple[Interval, int]:
    gains = []
    for number in own.keys() & first.keys():
        rests = own[number].keys() & first[number].keys()
        if rests:
            gains.append(sum(own[number][r] - first[number][r] for r in rests) / len(rests))
    return (known_interval(gains), len(gains)) if gains else ([None, None], 0)


def sizes(scores: Sequence[Scored]) -> list[Size]:
    """Every way by rising size; nothing of a way that takes all of train."""
    return [row for network in _networks(scores) for row in _sizes(scores, network)]


def _sizes(scores: Sequence[Scored], network: str) -> Iterator[Size]:
    whole = [each.mean[network] for each in scores if method_of_way(each.method).make is None]
    ways: dict[str, dict[int, dict[int, float]]] = defaultdict(lambda: defaultdict(dict))
    for each in scores:
        if method_of_way(each.method).make is not None:
            ways[each.method][each.n_pairs][each.number] = each.mean[network]
    for way, by_size in ways.items():
        before: Mapping[int, float] = {}
        for n_pairs, own in sorted(by_size.items()):
            gains = [own[i] - before[i] for i in own.keys() & before.keys()]
            short = [whole[0] - each for each in own.values()] if whole else []
            yield Size(
                network,
                way,
                n_pairs,
                known_interval(list(own.values())),
                known_interval(gains) if gains else None,
                known_interval(short) if short else None,
            )
            before = own


def combinations(scores: Sequence[Scored]) -> list[Combination]:
    """Every choice of settings that was scored, the best first; none of ways that vary nothing."""
    found: dict[tuple[str, str, int], list[float]] = defaultdict(list)
    called: dict[str, str] = {}  # one setting of several methods is one thing
    for each in scores:
        way = read_way(each.method)
        called = {name: label_in_text(way.method, name) for name in way.changed} | called
        for network, mean in each.mean.items():
            found[network, each.method, each.n_pairs].append(mean)
    told = [
        Combination(network, way.method.name, n_pairs, values, known_interval(means), len(means))
        for (network, method, n_pairs), means in found.items()
        for way in [read_way(method)]
        for values in [{called[name]: told_value(value) for name, value in way.changed.items()}]
        if values
    ]
    return sorted(told, key=lambda each: -(each.mean[0] or 0.0))


def _networks(scores: Sequence[Scored]) -> list[str]:
    return list(scores[0].mean) if scores else []
