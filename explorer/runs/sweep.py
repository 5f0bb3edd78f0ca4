"""Methods against numbers of pairs, several sets of each, in one table with intervals.

The folder of a sweep holds a folder per set, scores.json with everything that was measured, and the
table as table.md, table.csv and table.tex; all of it is up to date after each set.

Several processes may work on one sweep, of several machines where they share the disk: each claims
the set that it makes.
"""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypedDict

from explorer.errors import BadDataError, ConfigError
from explorer.methods.registry import usual_methods
from explorer.methods.ways import method_of_way
from explorer.progress import Emit
from explorer.runs.config import (
    RunConfig,
    SweepConfig,
    as_written,
    fitted,
    reseeded,
    task_of_run,
    with_later,
)
from explorer.runs.distill import MadeAndScored, make_and_score
from explorer.runs.opening import Sources, require_run, sources
from explorer.runs.tables import TABLES, Scored, caption, summarize
from explorer.runs.telling import Telling
from explorer.steps.context import Context
from explorer.store.claims import Claim, claimed, when_free
from explorer.store.reading import read_object
from explorer.store.writing import write_aside
from explorer.tasks.task import Interval, Task
from explorer.types import Dataset

_SCORES, _CLAIMS = "scores.json", ".claims"
_ASK_AGAIN = 0.5  # seconds between two looks at what other processes have finished
_BY_METHOD = {"method": None, "settings": None, "others": None}
"""What is not shared by all sets; the settings of each method are compared on their own."""
_Cell = tuple[str, int, int]  # method, pairs, number of the set


def sweep(opened: Context, config: RunConfig, plan: SweepConfig, folder: Path) -> dict[str, Any]:
    """Makes and scores every set; what is in the folder already is not done again.

    What another process is making it waits for.

    The watcher hears of one stage, "sweep". Of each set, once it is scored, and each network it
    gets a "metric" with `method`, `n_pairs`, `number` (of the set, from 0), `backbone` and the
    task's headline metric (on test, in percent, mean of the students).

    Args:
        opened: What the sets share: the dataset, the models, the store, and who is told.
        config: The settings that all sets share; method, pairs and seeds are the sweep's.
        plan: What to make. A later call may ask for more methods, pairs or sets.
        folder: Gets the sets, the scores and the table.

    Returns:
        What `result.json` of a run holds: `data`, `task`, the settings of the evaluation that
        `Task.shared` names, `methods`, `n_pairs`, `n_sets`; `rows`, the table (see
        `tables.SweepRow`); `sets`, for each set its `method`, `n_pairs`, `number` and `n_bytes`,
        and its `scores` by network and metric as [mean, half of the 95 % interval over students];
        `table`, the rows as Markdown.

    Raises:
        ConfigError: The folder holds a sweep with other settings, data or models, or a method
            cannot be used here.
    """
    making = _Making.begin(opened, config, plan, folder)
    while making.missing:
        if not making.make_what_is_free():
            making.wait()
    return making.result()


def help_with(opened: Context, config: RunConfig, plan: SweepConfig, folder: Path) -> int:
    """Makes sets of a sweep that another process has begun, until none is free; how many."""
    making, n_made = _Making.begin(opened, config, plan, folder), 0
    while n := making.make_what_is_free():
        n_made += n
    return n_made


class _Shared(Sources):
    """Everything that decides the scores; numbers with another are not comparable.

    All of it must be the same for sets of one sweep, but `methods` has settings of each method.
    """

    config: Mapping[str, Any]
    methods: Mapping[str, Mapping[str, Any]]


class _OneSet(TypedDict):
    """A set in the result."""

    method: str
    n_pairs: int
    number: int  # from 0
    n_bytes: int | None  # that students learn from
    scores: dict[str, dict[str, Interval]]  # by network and metric, over students


@dataclass
class _Making:
    """The sets of a sweep, as far as this process knows."""

    opened: Context
    config: RunConfig
    plan: SweepConfig
    folder: Path
    shared: _Shared
    kept: dict[_Cell, Scored]

    @classmethod
    def begin(
        cls, opened: Context, config: RunConfig, plan: SweepConfig, folder: Path
    ) -> "_Making":
        config = fitted(config, opened.dataset)
        require_sweep(opened, config, plan)
        shared = _shared(config, plan, opened.dataset)
        kept, _ = _read(folder, shared, config)
        folder.mkdir(parents=True, exist_ok=True)
        return cls(opened, config, plan, folder, shared, kept)

    def __post_init__(self) -> None:
        self._cells, self._told = list(_cells(self.plan)), set[_Cell]()
        self._telling = Telling(
            self.opened.watcher, "sweep", "Sets", len(self._cells), self._n_kept
        )
        self._tell_new()

    @property
    def missing(self) -> list[_Cell]:
        return [cell for cell in self._cells if cell not in self.kept]

    @property
    def _n_kept(self) -> int:
        return len(self._cells) - len(self.missing)

    def make_what_is_free(self) -> int:
        """Makes the sets that nobody else makes now; how many that were."""
        n_made = 0
        for cell in self.missing:
            with claimed(self.folder / _CLAIMS / _name(cell)) as claim:
                if claim:
                    self._look()  # whoever had it may have finished it
                    if cell not in self.kept:
                        n_made += self._make(cell, claim)
        return n_made

    def _make(self, cell: _Cell, claim: Claim) -> bool:
        self._telling.begin(_name(cell))
        own, out = _config_of(self.config, *cell), self.folder / _name(cell)
        try:
            result = make_and_score(replace(self.opened, watcher=self._telling), own, out)
        except Exception:
            if claim.is_lost:  # another machine makes it
                return False
            raise
        self._keep(cell, _scored(cell, result, task_of_run(self.config)))
        return True

    def _keep(self, cell: _Cell, scored: Scored) -> None:
        """Writes the scores and the tables, with what other processes wrote meanwhile."""
        with when_free(self.folder / _CLAIMS / _SCORES, lambda seconds: None):
            read, methods = _read(self.folder, self.shared, self.config)
            kept = {**read, cell: scored}
            ordered = [*(each for each in self._cells if each in kept), *kept]
            self.kept = {each: kept[each] for each in ordered}
            values = {
                **self.shared,
                "methods": {**methods, **self.shared["methods"]},
                "scores": [each._asdict() for each in self.kept.values()],
            }
            path = self.folder / _SCORES
            write_aside(path, (json.dumps(values, indent=1) + "\n").encode())
            _write_tables(self.folder, self._scores(), self.config, self.plan)
        self._tell_new()

    def wait(self) -> None:
        """Looks, after a moment, what others have finished."""
        self._telling.report("")(0.0, f"{len(self.missing):,} sets are made by other processes")
        time.sleep(_ASK_AGAIN)
        self._look()

    def _look(self) -> None:
        self.kept = {**self.kept, **_read(self.folder, self.shared, self.config)[0]}
        self._tell_new()

    def _tell_new(self) -> None:
        self._telling.end(self._n_kept)
        emit, task = self.opened.watcher.emit("sweep"), task_of_run(self.config)
        for cell in self._cells:
            if cell in self.kept and cell not in self._told:
                self._told.add(cell)
                _tell(emit, self.kept[cell], task)

    def _scores(self) -> list[Scored]:
        return [self.kept[cell] for cell in self._cells if cell in self.kept]

    def result(self) -> dict[str, Any]:
        """What `result.json` of the run holds."""
        scores = self._scores()
        with when_free(self.folder / _CLAIMS / _SCORES, lambda seconds: None):
            _write_tables(self.folder, scores, self.config, self.plan)
        config, plan, task = self.config, self.plan, task_of_run(self.config)
        return {
            "data": config.data,
            "task": config.task,
            **{name: getattr(config.evaluation, name) for name in task.shared},
            **plan.as_json(),
            "rows": [asdict(row) for row in summarize(scores, plan, task)],
            "sets": [_without_students(each) for each in scores],
            "table": (self.folder / "table.md").read_text("utf-8"),
        }


def _tell(emit: Emit, scored: Scored, task: Task) -> None:
    about = {"method": scored.method, "n_pairs": scored.n_pairs, "number": scored.number}
    for network, score in scored.mean.items():
        emit("metric", {**about, "backbone": network, task.headline.name: score})


def configs_of(config: RunConfig, plan: SweepConfig) -> list[RunConfig]:
    """The settings of each set."""
    return [_config_of(config, *cell) for cell in _cells(plan)]


def _cells(plan: SweepConfig) -> Iterator[_Cell]:
    """Every method gets its first set before any gets its second, so that a stop leaves a table.

    A method that takes all pairs has one set, whose number of pairs is told by its score; one that
    leaves nothing to chance has one set of each size.
    """
    done = set()
    for number in range(plan.n_sets):
        for n_pairs in plan.n_pairs:
            for method in plan.methods:
                cell = _cell(method, n_pairs, number)
                if cell not in done and (number == 0 or method_of_way(method).has_chance):
                    done.add(cell)
                    yield cell


def _cell(method: str, n_pairs: int, number: int) -> _Cell:
    return (method, n_pairs, number) if method_of_way(method).make else (method, 0, 0)


def _name(cell: _Cell) -> str:
    method, n_pairs, number = cell
    return f"{method}-{n_pairs}-{number}" if method_of_way(method).make else method


def require_sweep(opened: Context, config: RunConfig, plan: SweepConfig) -> None:
    """Raises for what would end the sweep after hours: a name, or a model that is not here."""
    if config.edits:
        raise ConfigError("A sweep makes prototypes of every size; edits belong to those of one.")
    for own in configs_of(config, replace(plan, n_sets=1)):
        require_run(opened, own)


def _shared(config: RunConfig, plan: SweepConfig, dataset: Dataset) -> _Shared:
    return {
        "config": {**config.as_json(), **_BY_METHOD},
        "methods": {each: config.with_method(each).settings.as_json() for each in plan.methods},
        **sources(config, dataset),
    }


def _config_of(config: RunConfig, method: str, n_pairs: int, number: int) -> RunConfig:
    own = config.with_method(method)
    return replace(own, size=max(1, n_pairs), settings=reseeded(own.settings, number))


def _scored(cell: _Cell, result: MadeAndScored, task: Task) -> Scored:
    method, n_pairs, number = cell
    evaluation = result["evaluation"]
    scores = {name: dict(own) for name, own in task.scores(evaluation).items()}
    headline = task.headline.name
    mean = {name: float(own[headline][0] or 0.0) for name, own in scores.items()}
    size = n_pairs or task.n_rows(evaluation)
    counted = result.get("words"), result.get("n_bytes")
    return Scored(method, size, number, mean, scores, *counted)


def _read(
    folder: Path, shared: _Shared, config: RunConfig
) -> tuple[dict[_Cell, Scored], dict[str, Any]]:
    """The scores in a folder, and the settings of each method there.

    Raises:
        BadDataError: The file is damaged.
        ConfigError: Something that decides the scores is another now.
    """
    path = folder / _SCORES
    if not path.exists():
        return {}, {}
    try:
        values = read_object(path)
        task = task_of_run(config)
        scored = [Scored.from_json(each, task) for each in values.pop("scores")]
    except (ValueError, KeyError, TypeError, AttributeError, BadDataError) as error:
        raise BadDataError(f"{path} cannot be read: {error}. Delete it to score again.") from error
    values, now = _as_now(values, config), as_written(shared)
    methods, own = values.pop("methods"), now.pop("methods")
    other = []
    for each in own.keys() & methods.keys():
        methods[each] = with_later(methods[each], type(config.with_method(each).settings))
        other += [each] if methods[each] != own[each] else []
    if values != now or other:
        of = f" of {', '.join(sorted(other))}" if values == now else ""
        raise ConfigError(
            f"{folder} holds a sweep with other settings{of}, data or models; name another folder."
        )
    return {_cell(each.method, each.n_pairs, each.number): each for each in scored}, methods


def _as_now(values: dict[str, Any], now: RunConfig) -> dict[str, Any]:
    """What decided the scores, as this version writes it."""
    config = values.get("config", {})
    if "settings" not in config:  # before methods owned their settings
        first = usual_methods(RunConfig.task)[0]
        config = RunConfig.from_json({**config, "method": first}).as_json()
    methods = values.get("methods")
    if methods is None:  # before they were written for each: those of the run's own method
        methods = {now.method: config["settings"]}
    evaluation = with_later(config.get("evaluation"), type(now.evaluation))
    config = {**config, **_BY_METHOD, "evaluation": evaluation}
    return as_written({**values, "config": config, "methods": methods})


def _without_students(scored: Scored) -> _OneSet:
    return {
        "method": scored.method,
        "n_pairs": scored.n_pairs,
        "number": scored.number,
        "n_bytes": scored.n_bytes,
        "scores": scored.scores,
    }


def _write_tables(
    folder: Path, scores: Sequence[Scored], config: RunConfig, plan: SweepConfig
) -> None:
    task = task_of_run(config)
    rows, about = summarize(scores, plan, task), caption(config, plan)
    for name, write in TABLES.items():
        write_aside(folder / name, write(rows, plan, about, task).encode())
