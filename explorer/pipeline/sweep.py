"""Methods against numbers of pairs, several sets of each, in one table with intervals.

The folder of a sweep holds a folder per set, scores.json with everything that was measured, and the
table as table.md, table.csv and table.tex; all of it is up to date after each set.
"""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from explorer.config import RunConfig, SweepConfig
from explorer.errors import BadDataError, ConfigError
from explorer.models.bundles import choose_bundle
from explorer.pipeline.methods import find_method
from explorer.pipeline.progress import duration, within
from explorer.pipeline.stages.embedded import fingerprint
from explorer.pipeline.stages.synthesize import Emit, ignore
from explorer.pipeline.store import Store, write_aside
from explorer.pipeline.tables import TABLES, Scored, caption, summarize
from explorer.pipeline.work import (
    Watcher,
    make_and_score,
    open_all,
    require_method,
    require_scoring,
)
from explorer.types import Dataset, Report

_SCORES = "scores.json"
_SHARES = {"embed": (0.0, 0.1), "prototypes": (0.1, 0.2), "synthesize": (0.2, 0.6)}
"""Where the stages of a set lie in its share of the work; about as long as they take."""
_LAST = (0.6, 1.0)


def sweep(
    store: Store, config: RunConfig, plan: SweepConfig, folder: Path, device: str, watcher: Watcher
) -> dict[str, Any]:
    """Makes and scores every set; what is in the folder already is not done again.

    The watcher hears of one stage, "sweep". Of each set, once it is scored, and each network it
    gets a "metric" with `method`, `n_pairs`, `number` (of the set, from 0), `backbone` and `recall`
    (on test, in percent, mean of the six and of the students).

    Args:
        store: Keeps what sets share.
        config: The settings that all sets share; method, pairs and seeds are the sweep's.
        plan: What to make. A later call may ask for more methods, pairs or sets.
        folder: Gets the sets, the scores and the table.
        device: Where the networks run.
        watcher: Is told what happens.

    Returns:
        What `result.json` of a run holds: `data`, `protocol`, `text`, `methods`, `n_pairs`,
        `n_sets`; `rows`, the table (see `tables.Row`); `sets`, for each set its `method`, `n_pairs`
        and `number`, and of each network in `backbones` the recalls as [mean, half of the 95 %
        interval over students]; `table`, the same as Markdown.

    Raises:
        ConfigError: The folder holds a sweep with other settings, data or models, or a method
            cannot be used here.
    """
    _require(config, plan)
    opened = open_all(config, device, watcher, "sweep")
    shared = _shared(config, opened.dataset)
    kept = _read(folder, shared)
    cells = list(_cells(plan))
    n_kept = sum(cell in kept for cell in cells)
    telling, emit = _Telling(watcher, len(cells), n_kept), watcher.emit("sweep")
    folder.mkdir(parents=True, exist_ok=True)
    for cell in cells:
        if cell not in kept:
            telling.begin(_name(cell))
            own, out = _config_of(config, *cell), folder / _name(cell)
            result = make_and_score(store, own, out, device, telling, opened)["evaluation"]
            kept[cell] = _scored(cell, result)
            values = {**shared, "scores": [each._asdict() for each in kept.values()]}
            write_aside(folder / _SCORES, (json.dumps(values, indent=1) + "\n").encode())
            _write_tables(folder, [kept[each] for each in cells if each in kept], config, plan)
            telling.end()
        for network, recall in kept[cell].mean.items():
            about = dict(zip(("method", "n_pairs", "number"), kept[cell], strict=False))
            emit("metric", {**about, "backbone": network, "recall": recall})
    scores = [kept[cell] for cell in cells]
    _write_tables(folder, scores, config, plan)
    return {
        "data": config.data,
        "protocol": config.evaluation.protocol,
        "text": config.evaluation.text,
        **vars(plan),
        "rows": [row._asdict() for row in summarize(scores, plan)],
        "sets": [_without_students(each) for each in scores],
        "table": (folder / "table.md").read_text("utf-8"),
    }


def configs_of(config: RunConfig, plan: SweepConfig) -> list[RunConfig]:
    """The settings of each set."""
    return [_config_of(config, *cell) for cell in _cells(plan)]


_Cell = tuple[str, int, int]  # method, pairs, number of the set


def _cells(plan: SweepConfig) -> Iterator[_Cell]:
    """Every method gets its first set before any gets its second, so that a stop leaves a table.

    A method that takes all pairs has one set, whose number of pairs is told by its score.
    """
    done = set()
    for number in range(plan.n_sets):
        for n_pairs in plan.n_pairs:
            for method in plan.methods:
                cell = _cell(method, n_pairs, number)
                if cell not in done:
                    done.add(cell)
                    yield cell


def _cell(method: str, n_pairs: int, number: int) -> _Cell:
    return (method, n_pairs, number) if find_method(method).plan else (method, 0, 0)


def _name(cell: _Cell) -> str:
    method, n_pairs, number = cell
    return f"{method}-{n_pairs}-{number}" if find_method(method).plan else method


def _require(config: RunConfig, plan: SweepConfig) -> None:
    """Raises for what would end the sweep after hours: a name, or a model that is not here."""
    if config.edits:
        raise ConfigError("A sweep makes prototypes of every size; edits belong to those of one.")
    require_scoring(config)
    for name in plan.methods:
        require_method(replace(config, method=name))


def _shared(config: RunConfig, dataset: Dataset) -> dict[str, Any]:
    """Everything that decides the scores of all sets; numbers with another are not comparable."""
    bundle = choose_bundle(config)
    models = bundle.encoder, bundle.decoder, *(config.evaluation.backbones or bundle.backbones)
    return {
        "config": {**config.as_json(), "method": None},
        "splits": {name: pairs.fingerprint for name, pairs in dataset.splits.items()},
        "models": [fingerprint(model) for model in models],
    }


def _config_of(config: RunConfig, method: str, n_pairs: int, number: int) -> RunConfig:
    prototypes, synthesis = config.prototypes, config.synthesis
    return replace(
        config,
        method=method,
        prototypes=replace(prototypes, n_prototypes=max(1, n_pairs), seed=prototypes.seed + number),
        synthesis=replace(synthesis, seed=synthesis.seed + number),
    )


def _scored(cell: _Cell, result: Mapping[str, Any]) -> Scored:
    method, n_pairs, number = cell
    backbones = result["backbones"]
    mean = {network: scores["mean"][0] for network, scores in backbones.items()}
    return Scored(method, n_pairs or result["n_pairs"], number, mean, backbones)


def _read(folder: Path, shared: Mapping[str, Any]) -> dict[_Cell, Scored]:
    path = folder / _SCORES
    if not path.exists():
        return {}
    try:
        values = json.loads(path.read_bytes())
        scored = [Scored(**each) for each in values.pop("scores")]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadDataError(f"{path} cannot be read: {error}. Delete it to score again.") from error
    if values != json.loads(json.dumps(shared)):
        raise ConfigError(
            f"{folder} holds a sweep with other settings, data or models; name another folder."
        )
    return {_cell(each.method, each.n_pairs, each.number): each for each in scored}


def _without_students(scored: Scored) -> dict[str, Any]:
    backbones = {
        network: {name: value for name, value in each.items() if name != "students"}
        for network, each in scored.backbones.items()
    }
    about = {name: getattr(scored, name) for name in ("method", "n_pairs", "number")}
    return {**about, "backbones": backbones}


def _write_tables(
    folder: Path, scores: Sequence[Scored], config: RunConfig, plan: SweepConfig
) -> None:
    rows, about = summarize(scores, plan), caption(config.evaluation, plan)
    for name, write in TABLES.items():
        write_aside(folder / name, write(rows, plan, about).encode())


class _Telling:
    """Makes one stage of all the stages of all sets, with the time left for the sweep."""

    def __init__(self, watcher: Watcher, n_sets: int, already: int) -> None:
        self._watcher, self._report = watcher, watcher.report("sweep")
        self._n_sets, self._already, self._n_done = n_sets, already, already
        self._start, self._name = time.monotonic(), ""
        self._said: set[str] = set()

    def begin(self, name: str) -> None:
        """Says that what comes is about the set of this name."""
        self._name = name

    def end(self) -> None:
        """Counts the set as made and scored."""
        self._n_done += 1
        self._report(self._n_done / self._n_sets, f"Sets: {self._count()}")

    def report(self, stage: str) -> Report:
        def report(share: float, text: str) -> None:
            done = (self._n_done + share) / self._n_sets
            self._report(done, f"Sets: {self._count()} · {self._name}: {text}")

        return within(report, *_SHARES.get(stage, _LAST))

    def emit(self, stage: str) -> Emit:
        return ignore  # the curves and the pictures of hundreds of sets would be too many to watch

    def say(self, stage: str, text: str) -> None:
        """Passes on what was not said of an earlier set."""
        if text not in self._said:
            self._said.add(text)
            self._watcher.say("sweep", text)

    def _count(self) -> str:
        """How many are done, and as soon as one was measured, how long the others will take."""
        count, new = f"{self._n_done:,} of {self._n_sets:,}", self._n_done - self._already
        if not new:
            return count
        each = (time.monotonic() - self._start) / new
        return f"{count}, {duration((self._n_sets - self._n_done) * each)} left"
