"""Sets beside each other before a referee: scores as kept and as opened, gains, coverage, copies.

Formulas of improvement, recovery and the robust scores are those of DD-Ranking.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, TypedDict

import numpy as np

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
from explorer.runs.candidates import Candidate
from explorer.runs.config import RefereeConfig, RunConfig, fitted, whitened
from explorer.runs.distill import open_trained
from explorer.runs.judged import Judged, write_judged
from explorer.runs.opening import resolve
from explorer.runs.scoring import WHOLE, KeptScores, Scorer, Scoring, baseline
from explorer.runs.telling import Telling
from explorer.sets.card import words_per_caption
from explorer.sets.folder import DistilledSet
from explorer.steps.context import Context
from explorer.tasks.registry import find_task
from explorer.tasks.task import Interval
from explorer.types import Samples

STAGE = "referee"
_OTHERWISE = ", augmented otherwise"


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


class _Placed(TypedDict):
    """How many words stand beside a set's images, and how these lie among those of the data."""

    words: float | None
    covered: float
    covered_rare: float
    copies: int
    near_test: int


class _Gains(TypedDict):
    """The scores of a set by one network, beside those of random sets and of all data."""

    as_kept: Interval
    as_opened: Interval
    chance: Interval
    over_chance: Interval
    p: float | None
    to_all: Interval | None
    label_robust: float | None


class _Augmented(TypedDict):
    """The score by students of images augmented otherwise, and how robust the gain is."""

    augmented: Interval | None
    augmentation_robust: float | None


def judging(config: RunConfig) -> RunConfig:
    """A random set as large as that of a run, and the students by which a referee judges both.

    They are those of the run, where its task has no usual ones, and see images as it learned them.
    """
    usual = find_task(config.task).judging.usual
    evaluation = whitened(config.evaluation, [config.settings])
    evaluation = replace(evaluation, **usual)  # type: ignore[type-var]
    models = {name: getattr(config, name) for name in ("bundle", "encoder", "decoder")}
    about = {"data": config.data, "task": config.task, "size": config.size, **models}
    return RunConfig(method=baseline(config.task), evaluation=evaluation, **about)


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
        self._scorer = Scorer(self.opened, self.config, self.out, self.plan.n_random)
        self._kept = KeptScores(self.out, self._scorer)

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
        missing = [each for key, each in scorings.items() if key not in self._kept]
        n, before = len(scorings), len(scorings) - len(missing)
        telling = Telling(self.opened.watcher, STAGE, "Scores", n, before)
        telling.begin("where the images lie")
        self._context = replace(self._context, watcher=telling)
        placed = [self._of_images(each.target) for each in sets]  # what is wrong shows early
        for number, each in enumerate(missing):
            telling.begin(each.told)
            self._kept.keep(each.key, each.score(telling))
            telling.end(before + number + 1)
        both = zip(sets, placed, strict=True)
        return [row for each, place in both for row in self._rows(each, place)]

    def _scorings(self, sets: Sequence[_Read]) -> Iterator[Scoring]:
        """All that has to be scored; some more than once."""
        ways = {"as opened": self._ways.opened, "as kept": self._ways.kept}
        otherwise = self._ways.otherwise
        if otherwise is not None:
            ways["augmented otherwise"] = otherwise
        for each in sets:
            for name, way in ways.items():
                if name != "as kept" or each.has_kept:
                    told = f"{each.candidate.name}, {name}"
                    yield self._scorer.of_set(each.named(name), told, each.target.folder, way)
        for size in {each.size + each.instead: None for each in sets}:
            yield from self._scorer.of_random(size, self._ways.opened)
        if otherwise is not None:
            for size in {each.size: None for each in sets}:
                yield from self._scorer.of_random(size, self._ways.opened)
                yield from self._scorer.of_random(size, otherwise, _OTHERWISE)
        if self.plan.whole:
            yield self._scorer.of_whole(self._ways.opened)

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

    def _rows(self, each: _Read, placed: _Placed) -> Iterator[Judged]:
        through = self._judging.learned_through(self._context, each.settings)
        n_bytes = each.target.n_bytes()
        for network in self._kept[each.named("as opened")]:
            yield Judged(
                set=each.candidate.name,
                method=str(each.settings["method"]),
                pairs=each.n_rows,
                random_pairs=(each.size + each.instead) * self._n_classes,
                bytes=n_bytes,
                seconds=each.candidate.seconds,
                memory=each.candidate.memory,
                **placed,
                **self._gains(each, network),
                **self._augmented(each, network),
                network=network,
                seen="" if through is None else "seen" if through == network else "unseen",
            )

    def _of_images(self, target: DistilledSet) -> _Placed:
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

    def _gains(self, each: _Read, network: str) -> _Gains:
        seen = self._kept[each.named("as opened")][network]
        kept = self._kept[each.named("as kept")][network] if each.has_kept else seen
        others = self._means(each.size + each.instead, network)
        over = gap(kept, others)
        to_all = gap(self._kept[WHOLE][network], seen) if self.plan.whole else None
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

    def _augmented(self, each: _Read, network: str) -> _Augmented:
        if self._ways.otherwise is None:
            return {"augmented": None, "augmentation_robust": None}
        changed = self._kept[each.named("augmented otherwise")][network]
        plain = self._kept[each.named("as opened")][network]
        gains = [
            float(np.mean(own)) - float(np.mean(self._means(each.size, network, more)))
            for own, more in ((plain, ""), (changed, _OTHERWISE))
        ]
        robust = augmentation_robust(*(gain / 100 for gain in gains))
        return {"augmented": known_interval(changed), "augmentation_robust": robust}

    def _means(self, size: int, network: str, more: str = "") -> list[float]:
        """Of each random set of this size, the mean of its students."""
        names = self._scorer.random_sets(size)
        return [float(np.mean(self._kept[name + more][network])) for name in names]


def pairs_instead(learned: Samples | None) -> int:
    """How many pairs would take the place of a set's learned similarity, rounded up."""
    if learned is None or learned.similarity is None:
        return 0
    n = len(learned.similarity)
    sides = (learned.images, learned.text_embeddings, learned.token_embeddings)
    n_bytes = sum(each.nbytes for each in sides if isinstance(each, np.ndarray))
    return math.ceil(learned.similarity.nbytes * n / n_bytes) if n_bytes else 0
