"""Sets beside each other before a referee: scores as kept and as opened, gains, coverage, copies.

Formulas of improvement, recovery and the robust scores are those of DD-Ranking.
"""

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from pydantic import TypeAdapter, ValidationError

from explorer.core.referee import (
    augmentation_robust,
    gap,
    holm,
    label_robust,
    n_close,
    spread,
    to_nearest_others,
)
from explorer.core.retrieval import known_interval
from explorer.errors import BadDataError
from explorer.methods.registry import methods_for
from explorer.runs.candidates import Candidate
from explorer.runs.config import (
    RefereeConfig,
    RunConfig,
    as_written,
    fitted,
    reseeded,
    whitened,
)
from explorer.runs.distill import make_and_score, open_trained
from explorer.runs.judged import Judged, write_judged
from explorer.runs.opening import require_run, resolve, sources
from explorer.runs.telling import Telling
from explorer.sets.card import words_per_caption
from explorer.sets.folder import DistilledSet
from explorer.steps.context import Context
from explorer.store.digests import json_digest
from explorer.store.reading import read_object
from explorer.store.writing import write_aside
from explorer.tasks.registry import find_task
from explorer.types import Samples

STAGE = "referee"
_WHOLE = "all of the data"
_APART = 1000  # added to the seeds of random sets, so that no set that is judged is one of them
_Scores = dict[str, list[float]]  # of each student by network, of one way to read a set
_KEPT = TypeAdapter(dict[str, _Scores])


class _Read(NamedTuple):
    """A set, before students learn from it."""

    candidate: Candidate
    target: DistilledSet
    digest: str  # of its files
    settings: Mapping[str, Any]
    n_rows: int
    size: int  # of a random set as large
    instead: int  # how many more of these take the place of what it keeps beside its pairs
    has_kept: bool  # whether students can read more of it than people see

    def named(self, way: str) -> str:
        """What the scores of one way to read it are kept under."""
        return f"{self.digest[:16]} {way}"


class _Scoring(NamedTuple):
    """Something that has to be scored."""

    key: str  # its scores are kept under
    told: str  # while it is done
    score: Callable[[], _Scores]


def judging(config: RunConfig) -> RunConfig:
    """A random set as large as that of a run, and the students by which a referee judges both.

    They are those of the run, where its task has no usual ones, and see images as it learned them.
    """
    usual = find_task(config.task).judging.usual
    evaluation = whitened(config.evaluation, [config.settings])
    evaluation = replace(evaluation, **usual)  # type: ignore[type-var]
    models = {name: getattr(config, name) for name in ("bundle", "encoder", "decoder")}
    about = {"data": config.data, "task": config.task, "size": config.size, **models}
    return RunConfig(method=_baseline(config.task), evaluation=evaluation, **about)


def _baseline(task: str) -> str:
    return next(each.name for each in methods_for(task) if each.is_baseline)


def referee(
    opened: Context, config: RunConfig, sets: Sequence[Candidate], plan: RefereeConfig, out: Path
) -> list[Judged]:
    """A row for each set and network, also written to `out` as table.md, .csv, .tex and JSON.

    Every set is scored twice, by the same students: as kept, with all that was learned, and as
    people open it, with 8-bit images and captions or classes. What was scored before a kill, or
    for another table in the same folder, is not scored again: what decides the scores names their
    file, and what a set holds names those of the set.

    Args:
        opened: Data to score on, models, the store, and who is told, of the one stage `STAGE`.
        config: The students.
        sets: What is judged.
        plan: What it is compared with.
        out: Gets the table, the scores, and the random sets.
    """
    out.mkdir(parents=True, exist_ok=True)
    judge = _Judge(opened, fitted(config, opened.dataset), plan, out)
    rows = judge.rows([judge.read(each) for each in sets])
    corrected = iter(holm([row.p for row in rows if row.p is not None]))
    rows = [row if row.p is None else row._replace(p=next(corrected)) for row in rows]
    write_judged(out, rows, config, plan)
    return rows


@dataclass
class _Judge:
    """Scores sets, and random ones beside them, each size once."""

    opened: Context
    config: RunConfig
    plan: RefereeConfig
    out: Path

    def __post_init__(self) -> None:
        self._task = find_task(self.config.task)
        self._judging = self._task.judging
        self._ways = self._judging.readings(self.config.evaluation)
        self._context = resolve(self.opened, self.config)
        self._shared = as_written(
            {"config": self.config.as_json(), **sources(self.config, self.opened.dataset)}
        )
        self._path = self.out / f"scores-{json_digest(self._shared)[:8]}.json"
        self._kept: dict[str, _Scores] = _read_scores(self._path)

    def read(self, candidate: Candidate) -> _Read:
        """Looks into a set."""
        target = DistilledSet(candidate.folder)
        learned, settings, n_rows = target.learned(), target.settings(), len(target.rows())
        size = self._judging.size(settings, n_rows, self._n_classes)
        has_kept = learned is not None and self._judging.has_more(self._context, learned)
        instead = pairs_instead(learned) if has_kept else 0
        about = target.digest(), settings, n_rows, size, instead
        return _Read(candidate, target, *about, has_kept)

    def rows(self, sets: Sequence[_Read]) -> list[Judged]:
        """A row for each of them and each network."""
        scorings = {each.key: each for each in self._scorings(sets)}
        n_before = len(scorings.keys() & self._kept.keys())
        telling = Telling(self.opened.watcher, STAGE, "Scores", len(scorings), n_before)
        self.opened = replace(self.opened, watcher=telling)
        self._context = replace(self._context, watcher=telling)
        telling.begin("where the images lie")
        placed = [self._of_images(each.target) for each in sets]  # what is wrong shows early
        for key, each in scorings.items():
            if key not in self._kept:
                telling.begin(each.told)
                self._kept[key] = each.score()
                _write_scores(self._path, self._shared, self._kept)
                telling.end(len(scorings.keys() & self._kept.keys()))
        both = zip(sets, placed, strict=True)
        return [row for each, place in both for row in self._rows(each, place)]

    def _scorings(self, sets: Sequence[_Read]) -> Iterator[_Scoring]:
        """All that has to be scored; some more than once."""
        ways = {"as opened": self._ways.opened, "as kept": self._ways.kept}
        otherwise = self._ways.otherwise
        if otherwise is not None:
            ways["augmented otherwise"] = otherwise
        for each in sets:
            for name, way in ways.items():
                if name != "as kept" or each.has_kept:
                    score = partial(self._score, each.target.folder, way)
                    yield _Scoring(each.named(name), f"{each.candidate.name}, {name}", score)
            yield from self._of_random(each.size + each.instead, self._ways.opened)
            if otherwise is not None:
                yield from self._of_random(each.size, self._ways.opened)
                yield from self._of_random(each.size, otherwise)
        if self.plan.whole:
            every = next(each for each in methods_for(self._task.name) if each.make is None)
            own = replace(self.config.with_method(every.name), evaluation=self._ways.opened)
            yield _Scoring(_WHOLE, _WHOLE, partial(self._made, _WHOLE, own))

    def _of_random(self, size: int, way: Any) -> Iterator[_Scoring]:
        own = self.config.with_method(_baseline(self._task.name))
        own = replace(own, size=size, evaluation=way)
        require_run(self.opened, own)  # there may be too few rows
        for number, name in enumerate(self._random(size, way)):
            seeded = replace(own, settings=reseeded(own.settings, _APART + number))
            yield _Scoring(name, name, partial(self._made, name.partition(",")[0], seeded))

    def _random(self, size: int, way: Any) -> list[str]:
        """Names of the scores of random sets."""
        more = ", augmented otherwise" if way == self._ways.otherwise else ""
        made = _baseline(self._task.name)
        return [f"{made}-{size}-{number}{more}" for number in range(self.plan.n_random)]

    def _score(self, folder: Path, evaluation: Any) -> _Scores:
        result = self._task.evaluate(self._context, open_trained(str(folder)), evaluation)
        return dict(self._judging.students(result))

    def _made(self, name: str, own: RunConfig) -> _Scores:
        result = make_and_score(self.opened, own, self.out / name)
        return dict(self._judging.students(result["evaluation"]))

    @cached_property
    def _n_classes(self) -> int:
        """Classes that a size counts the images of; 1 where it counts rows."""
        return len(self._context.dataset.labelled().classes) if self._task.per_class else 1

    @cached_property
    def _data(self) -> np.ndarray:
        """The rows of train, which all sets are placed among."""
        return self._judging.rows_of(self._context, self.config.evaluation, "train")

    @cached_property
    def _test(self) -> np.ndarray:
        return self._judging.rows_of(self._context, self.config.evaluation, "test")

    @cached_property
    def _to_others(self) -> np.ndarray:
        return to_nearest_others(self._data)

    def _rows(self, each: _Read, placed: Mapping[str, Any]) -> Iterator[Judged]:
        through = self._judging.learned_through(self._context, each.settings)
        shared: dict[str, Any] = {
            "set": each.candidate.name,
            "method": str(each.settings["method"]),
            "pairs": each.n_rows,
            "random_pairs": (each.size + each.instead) * self._n_classes,
            "bytes": each.target.n_bytes(),
            "seconds": each.candidate.seconds,
            "memory": each.candidate.memory,
            **placed,
        }
        for network in self._kept[each.named("as opened")]:
            yield Judged(
                **shared,
                **self._gains(each, network),
                **self._augmented(each, network),
                network=network,
                seen="" if through is None else "seen" if through == network else "unseen",
            )

    def _of_images(self, target: DistilledSet) -> dict[str, Any]:
        """How many words stand beside the images, and how these lie among those of the data."""
        split = open_trained(str(target.folder)).split
        made = self._judging.rows_of_set(self._context, self.config.evaluation, split)
        found = spread(self._data, made, self._to_others)
        captions = [line.caption for line in target.rows()]
        return {
            "words": words_per_caption(captions) if self._task.embeds else None,
            "covered": 100 * found.covered,
            "covered_rare": 100 * found.covered_rare,
            "copies": found.n_copies,
            "near_test": n_close(made, self._test, self._to_others),
        }

    def _gains(self, each: _Read, network: str) -> dict[str, Any]:
        seen = self._kept[each.named("as opened")][network]
        kept = self._kept[each.named("as kept")][network] if each.has_kept else seen
        others = self._means(each.size + each.instead, self._ways.opened, network)
        over = gap(kept, others)
        to_all = gap(self._kept[_WHOLE][network], seen) if self.plan.whole else None
        robust = label_robust(over.mean / 100, to_all.mean / 100) if to_all else None
        return {
            "as_kept": known_interval(kept),
            "as_opened": known_interval(seen),
            "chance": known_interval(others),
            "over_chance": [over.mean, over.half],
            "p": over.p,
            "to_all": [to_all.mean, to_all.half] if to_all else None,
            "label_robust": robust,
        }

    def _augmented(self, each: _Read, network: str) -> dict[str, Any]:
        """The score by students of images augmented otherwise, and how robust the gain is."""
        way = self._ways.otherwise
        if way is None:
            return {"augmented": None, "augmentation_robust": None}
        changed = self._kept[each.named("augmented otherwise")][network]
        plain = self._kept[each.named("as opened")][network]
        gains = [
            float(np.mean(own)) - float(np.mean(self._means(each.size, read, network)))
            for own, read in ((plain, self._ways.opened), (changed, way))
        ]
        robust = augmentation_robust(*(gain / 100 for gain in gains))
        return {"augmented": known_interval(changed), "augmentation_robust": robust}

    def _means(self, size: int, way: Any, network: str) -> list[float]:
        """Of each random set of this size, the mean of its students."""
        named = self._random(size, way)
        return [float(np.mean(self._kept[name][network])) for name in named]


def pairs_instead(learned: Samples | None) -> int:
    """How many pairs would take the place of a set's learned similarity, rounded up."""
    if learned is None or learned.similarity is None:
        return 0
    n = len(learned.similarity)
    sides = (learned.images, learned.text_embeddings, learned.token_embeddings)
    n_bytes = sum(each.nbytes for each in sides if isinstance(each, np.ndarray))
    return math.ceil(learned.similarity.nbytes * n / n_bytes) if n_bytes else 0


def _read_scores(path: Path) -> dict[str, _Scores]:
    """What was scored before by the same students; what cannot be read is scored again."""
    try:
        return _KEPT.validate_python(read_object(path).get("scores")) if path.exists() else {}
    except (BadDataError, ValidationError):
        return {}


def _write_scores(path: Path, shared: Mapping[str, Any], scores: Mapping[str, _Scores]) -> None:
    text = json.dumps({"shared": shared, "scores": scores}, indent=1) + "\n"
    write_aside(path, text.encode())
