"""Methods against numbers of pairs, several sets of each, in one table with intervals."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from explorer.config import RunConfig
from explorer.core.retrieval import mean_interval
from explorer.errors import BadDataError, ConfigError
from explorer.pipeline.distilled import interval
from explorer.pipeline.methods import find_method
from explorer.pipeline.store import Store, write_aside
from explorer.pipeline.work import Watcher, distill, score

_SCORES = "scores.json"


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """What is made and scored."""

    methods: tuple[str, ...]
    """The others are compared with the first."""
    n_pairs: tuple[int, ...]
    n_sets: int = 5
    """Sets of each method and number of pairs: set i has the seeds of the settings plus i."""

    def __post_init__(self) -> None:
        for name in self.methods:
            find_method(name)
        if not self.methods or not self.n_pairs or self.n_sets < 1:
            raise ConfigError("A sweep needs a method, a number of pairs and at least one set.")


class Scored(NamedTuple):
    """One set and what students learned from it."""

    method: str
    n_pairs: int
    number: int  # of the set, from 0
    mean: dict[str, float]  # by network: recall in percent, mean of the six and of the students
    backbones: dict[str, Any]  # everything that `evaluate` returned


def sweep(
    store: Store, config: RunConfig, plan: Sweep, folder: Path, device: str, watcher: Watcher
) -> list[Scored]:
    """Makes and scores every set; what is in the folder already is not done again.

    Args:
        store: Keeps what sets share.
        config: The settings that all sets share; method, pairs and seeds are the sweep's.
        plan: What to make. A later call may ask for more methods, pairs or sets.
        folder: Gets a folder per set, and scores.json after each of them.
        device: Where the networks run.
        watcher: Is told what happens.

    Raises:
        ConfigError: The folder holds a sweep with other settings.
    """
    shared = {**config.as_json(), "method": None}
    kept = _read(folder, shared)
    cells = list(_cells(plan))
    for place, cell in enumerate(cells):
        if cell in kept:
            continue
        name = "{}-{}-{}".format(*cell)
        watcher.say("sweep", f"Set {place + 1} of {len(cells)}: {name}")
        own, out = _config_of(config, *cell), folder / name
        distill(store, own, out, device, watcher)
        result = score(store, own, str(out), own.data, device, watcher)["backbones"]
        mean = {network: scores["mean"][0] for network, scores in result.items()}
        kept[cell] = Scored(*cell, mean, result)
        values = {"config": shared, "scores": [each._asdict() for each in kept.values()]}
        write_aside(folder / _SCORES, (json.dumps(values, indent=1) + "\n").encode())
    return [kept[cell] for cell in cells]


_Cell = tuple[str, int, int]  # method, pairs, number of the set


def _cells(plan: Sweep) -> Iterator[_Cell]:
    """Every method gets its first set before any gets its second, so that a stop leaves a table."""
    for number in range(plan.n_sets):
        for n_pairs in plan.n_pairs:
            for method in plan.methods:
                yield method, n_pairs, number


def _config_of(config: RunConfig, method: str, n_pairs: int, number: int) -> RunConfig:
    prototypes, synthesis = config.prototypes, config.synthesis
    return replace(
        config,
        method=method,
        prototypes=replace(prototypes, n_prototypes=n_pairs, seed=prototypes.seed + number),
        synthesis=replace(synthesis, seed=synthesis.seed + number),
    )


def _read(folder: Path, shared: Mapping[str, Any]) -> dict[_Cell, Scored]:
    path = folder / _SCORES
    if not path.exists():
        return {}
    try:
        values = json.loads(path.read_bytes())
        scored = [Scored(**each) for each in values["scores"]]
    except (ValueError, KeyError, TypeError) as error:
        raise BadDataError(f"{path} cannot be read: {error}. Delete it to score again.") from error
    if values["config"] != json.loads(json.dumps(shared)):
        raise ConfigError(f"{folder} holds a sweep with other settings; name another folder.")
    return {(each.method, each.n_pairs, each.number): each for each in scored}


def table(scores: Sequence[Scored], plan: Sweep) -> str:
    """Markdown: mean recall with its 95 % interval over sets, and the first method less each.

    The difference is paired: set i of both methods has the same seeds.
    """
    means = {(each.method, each.n_pairs, each.number): each.mean for each in scores}
    first, *others = plan.methods
    heads = [f"{n:,} pairs | {first} − it" if others else f"{n:,} pairs" for n in plan.n_pairs]
    lines = [f"| network | method | {' | '.join(heads)} |"]
    lines.append("|---" * (lines[0].count("|") - 1) + "|")
    for network in scores[0].mean:
        for method in plan.methods:
            cells = []
            for n_pairs in plan.n_pairs:
                ours, theirs = (
                    [means[each, n_pairs, i][network] for i in range(plan.n_sets)]
                    for each in (first, method)
                )
                cells.append(_shown(theirs))
                if others:
                    paired = [a - b for a, b in zip(ours, theirs, strict=True)]
                    cells.append("" if method == first else _shown(paired))
            lines.append(f"| {network} | {method} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _shown(values: Sequence[float]) -> str:
    mean, half = mean_interval(values)
    return interval([mean, half if len(values) > 1 else None])
