"""What students score who learn from a set, from random ones, or from all of the data."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from explorer.errors import BadDataError
from explorer.methods.registry import methods_for
from explorer.progress import Watcher
from explorer.runs.config import RunConfig, as_written, reseeded
from explorer.runs.distill import make_and_score, open_trained
from explorer.runs.opening import require_run, resolve, sources
from explorer.steps.context import Context
from explorer.store.digests import json_digest
from explorer.store.reading import read_object
from explorer.store.writing import write_aside
from explorer.tasks.registry import find_task

WHOLE = "all of the data"
_APART = 1000  # added to the seeds of random sets, so that no set that is judged is one of them
Scores = dict[str, list[float]]
"""Of each student, by network."""
_KEPT = TypeAdapter(dict[str, Scores])


class Scoring(NamedTuple):
    """Something that has to be scored."""

    key: str  # its scores are kept under
    told: str  # while it is done
    score: Callable[[Watcher], Scores]


@dataclass(frozen=True)
class Scorer:
    """Trains the students of one configuration, on data and with models that are open."""

    opened: Context
    config: RunConfig
    out: Path  # gets the sets that are made
    n_random: int

    def of_set(self, key: str, told: str, folder: Path, way: Any) -> Scoring:
        """The scores of a set, read in one way."""
        return Scoring(key, told, partial(self._score, folder, way))

    def of_random(self, size: int, way: Any, more: str = "") -> list[Scoring]:
        """Those of random sets; `more` tells their names from those that are read otherwise.

        Raises:
            ConfigError: There are too few rows.
        """
        own = self.config.with_method(baseline(self.config.task))
        own = replace(own, size=size, evaluation=way)
        require_run(self.opened, own)
        found = []
        for number, name in enumerate(self.random_sets(size)):
            seeded = replace(own, settings=reseeded(own.settings, _APART + number))
            found.append(Scoring(name + more, name + more, partial(self._made, name, seeded)))
        return found

    def random_sets(self, size: int) -> list[str]:
        """Names of the random sets, and of their folders."""
        return [f"{baseline(self.config.task)}-{size}-{n}" for n in range(self.n_random)]

    def of_whole(self, way: Any) -> Scoring:
        """Those of all rows."""
        every = next(each for each in methods_for(self.config.task) if each.make is None)
        own = replace(self.config.with_method(every.name), evaluation=way)
        return Scoring(WHOLE, WHOLE, partial(self._made, WHOLE, own))

    def _score(self, folder: Path, way: Any, watcher: Watcher) -> Scores:
        task = find_task(self.config.task)
        context = replace(resolve(self.opened, self.config), watcher=watcher)
        return self._students(task.evaluate(context, open_trained(str(folder)), way))

    def _made(self, name: str, own: RunConfig, watcher: Watcher) -> Scores:
        opened = replace(self.opened, watcher=watcher)
        return self._students(make_and_score(opened, own, self.out / name)["evaluation"])

    def _students(self, result: Mapping[str, Any]) -> Scores:
        return dict(find_task(self.config.task).judging.students(result))


def baseline(task: str) -> str:
    """The method that chooses by chance."""
    return next(each.name for each in methods_for(task) if each.is_baseline)


class KeptScores:
    """The scores of some students by name, on disk as soon as they are known.

    What decides them beside the sets names their file: data, models, and how students learn.
    """

    def __init__(self, folder: Path, scorer: Scorer) -> None:
        config = scorer.config
        self._about = as_written(
            {"config": config.as_json(), **sources(config, scorer.opened.dataset)}
        )
        self._path = folder / f"scores-{json_digest(self._about)[:8]}.json"
        self._scores = self._read()

    def __contains__(self, key: str) -> bool:
        return key in self._scores

    def __getitem__(self, key: str) -> Scores:
        return self._scores[key]

    def keep(self, key: str, scores: Scores) -> None:
        """Writes them, beside those that another process wrote meanwhile."""
        self._scores = {**self._read(), **self._scores, key: scores}
        text = json.dumps({"shared": self._about, "scores": self._scores}, indent=1) + "\n"
        write_aside(self._path, text.encode())

    def _read(self) -> dict[str, Scores]:
        """What was scored before; what cannot be read is scored again."""
        if not self._path.exists():
            return {}
        try:
            return _KEPT.validate_python(read_object(self._path).get("scores"))
        except (BadDataError, ValidationError):
            return {}
