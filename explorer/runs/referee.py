"""Sets beside each other before a referee: scores as kept and as opened, gains, coverage, copies.

Formulas of improvement, recovery and the robust scores are those of DD-Ranking.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from explorer.core.referee import (
    augmentation_robust,
    gap,
    holm,
    label_robust,
    spread,
    to_nearest_others,
)
from explorer.core.retrieval import known_interval
from explorer.errors import MissingDataError
from explorer.methods.registry import methods_for
from explorer.runs.config import RunConfig, reseeded
from explorer.runs.distill import make_and_score, open_trained
from explorer.runs.opening import resolve
from explorer.runs.tables import sheet
from explorer.sets.card import interval, words_per_caption
from explorer.sets.folder import DistilledSet
from explorer.steps.context import Context
from explorer.store.own import is_distilled
from explorer.store.writing import write_aside
from explorer.tasks.registry import find_task
from explorer.tasks.task import Interval
from explorer.types import Samples

HEAD = (
    "set",
    "method",
    "network",
    "made with it",
    "{noun}",
    "KB",
    "words",
    "as kept",
    "as opened",
    "random {noun}",
    "chance",
    "over chance",
    "p (Holm)",
    "to all",
    "label-robust",
    "otherwise augmented",
    "augmentation-robust",
    "covered %",
    "rare covered %",
    "copies",
)
"""Of the table, with what the rows of a set are."""


class Asked(NamedTuple):
    """What is compared with what."""

    sets: Sequence[Path]
    config: RunConfig  # data to score on, models and students
    n_random: int  # random sets of each size
    has_whole: bool  # whether students are trained on all of the data, too


class Judged(NamedTuple):
    """What is found of a set by one network; `referee.json` has these fields in this order.

    Intervals are [mean, half of the 95 % interval] in percent.
    """

    set: str
    method: str
    pairs: int  # or images
    random_pairs: int  # of each random set beside it
    bytes: int
    words: float | None  # per caption; None where there are none
    covered: float  # percent of the images
    covered_rare: float
    copies: int
    network: str
    seen: str  # whether the images were learned through it; "" where through none
    as_kept: Interval
    as_opened: Interval
    chance: Interval  # of random sets
    over_chance: Interval
    p: float | None  # that it differs from these by chance, after Holm's correction
    to_all: Interval | None  # that all of the data is better; None where they were not trained on
    label_robust: float | None
    augmented: Interval | None  # by students of images augmented otherwise; None for no such
    augmentation_robust: float | None


_Scores = Mapping[str, list[float]]  # of each student by network, of one way to read a set


def referee(opened: Context, asked: Asked, out: Path) -> list[Judged]:
    """A row for each set and network, also written to `out` as table.md, .csv, .tex and JSON.

    Every set is scored twice, by the same students: as kept, with all that was learned, and as
    people open it, with 8-bit images and captions or classes.
    """
    for path in asked.sets:
        if not is_distilled(path):
            raise MissingDataError(f"{path} holds no distilled set; `import` opens other ones.")
    out.mkdir(parents=True, exist_ok=True)
    judge = _Judge(opened, asked, out)
    rows = [row for path in asked.sets for row in judge.rows(path)]
    corrected = iter(holm([row.p for row in rows if row.p is not None]))
    rows = [row if row.p is None else row._replace(p=next(corrected)) for row in rows]
    _write(out, rows, asked)
    return rows


@dataclass
class _Judge:
    """Scores sets, and random ones beside them, each size once."""

    opened: Context
    asked: Asked
    out: Path

    def __post_init__(self) -> None:
        self._context = resolve(self.opened, self.asked.config)
        self._task = find_task(self.asked.config.task)
        self._judging = self._task.judging
        self._ways = self._judging.readings(self.asked.config.evaluation)
        self._random: dict[tuple[int, bool], list[_Scores]] = {}
        self._whole: _Scores | None = None

    def rows(self, path: Path) -> list[Judged]:
        target, ways = DistilledSet(path), self._ways
        learned, lines = target.learned(), target.rows()
        settings, n_classes = target.settings(), self._n_classes()
        size = self._judging.size(settings, len(lines), n_classes)
        as_opened, as_kept, instead = self._score(path, ways.opened), None, 0
        if learned is not None and self._judging.has_more(self._context, learned):
            as_kept, instead = self._score(path, ways.kept), pairs_instead(learned)
        through = self._judging.learned_through(self._context, settings)
        shared: dict[str, Any] = {
            "set": path.name,
            "method": str(settings["method"]),
            "pairs": len(lines),
            "random_pairs": (size + instead) * n_classes,
            "bytes": target.n_bytes(),
            **self._of_images(target),
        }
        random, whole = self._randoms(size + instead), self._all()
        augmented = None
        if ways.otherwise is not None:
            others = self._randoms(size), self._randoms(size, otherwise=True)
            augmented = self._score(path, ways.otherwise), *others
        return [
            Judged(
                **shared,
                **self._gains(network, as_kept or as_opened, as_opened, random, whole),
                **_augmented(network, as_opened, augmented),
                network=network,
                seen="" if through is None else "seen" if through == network else "unseen",
            )
            for network in as_opened
        ]

    def _n_classes(self) -> int:
        """Classes that a size counts the images of; 1 where it counts rows."""
        return len(self._context.dataset.labelled().classes) if self._task.per_class else 1

    @cached_property
    def _data(self) -> np.ndarray:
        """The rows of train, which all sets are placed among."""
        return self._judging.rows_of(self._context, self.asked.config.evaluation)

    @cached_property
    def _to_others(self) -> np.ndarray:
        return to_nearest_others(self._data)

    def _of_images(self, target: DistilledSet) -> dict[str, Any]:
        """How many words stand beside the images, and how these lie among those of train."""
        evaluation, split = self.asked.config.evaluation, open_trained(str(target.folder)).split
        made = self._judging.rows_of_set(self._context, evaluation, split)
        found = spread(self._data, made, self._to_others)
        captions = [line.caption for line in target.rows()]
        return {
            "words": words_per_caption(captions) if self._task.embeds else None,
            "covered": 100 * found.covered,
            "covered_rare": 100 * found.covered_rare,
            "copies": found.n_copies,
        }

    @staticmethod
    def _gains(
        network: str,
        as_kept: _Scores,
        as_opened: _Scores,
        random: Sequence[_Scores],
        whole: _Scores | None,
    ) -> dict[str, Any]:
        kept, seen = as_kept[network], as_opened[network]
        others = [float(np.mean(each[network])) for each in random]
        over = gap(kept, others)
        to_all = gap(whole[network], seen) if whole else None
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

    def _score(self, path: Path, evaluation: Any) -> _Scores:
        trained = open_trained(str(path))
        result = self._task.evaluate(self._context, trained, evaluation)
        return self._judging.students(result)

    def _randoms(self, size: int, *, otherwise: bool = False) -> list[_Scores]:
        """Random sets of a size, made once and kept; scored as opened, or `otherwise`."""
        if (size, otherwise) not in self._random:
            names = [each.name for each in methods_for(self._task.name) if each.is_baseline]
            scored = self._ways.otherwise if otherwise else self._ways.opened
            own = replace(self.asked.config.with_method(names[0]), size=size, evaluation=scored)
            self._random[size, otherwise] = [
                self._made(replace(own, settings=reseeded(own.settings, number)), number)
                for number in range(self.asked.n_random)
            ]
        return self._random[size, otherwise]

    def _made(self, own: RunConfig, number: int) -> _Scores:
        folder = self.out / f"{own.method}-{own.size}-{number}"
        result = make_and_score(self.opened, own, folder)
        return self._judging.students(result["evaluation"])

    def _all(self) -> _Scores | None:
        """Students of all of the data, where they were asked for."""
        if self.asked.has_whole and self._whole is None:
            names = [each.name for each in methods_for(self._task.name) if each.make is None]
            own = replace(self.asked.config.with_method(names[0]), evaluation=self._ways.opened)
            self._whole = self._made(own, 0)
        return self._whole


def pairs_instead(learned: Samples | None) -> int:
    """How many pairs would take the place of a set's learned similarity, rounded up."""
    if learned is None or learned.similarity is None:
        return 0
    n = len(learned.similarity)
    sides = (learned.images, learned.text_embeddings, learned.token_embeddings)
    n_bytes = sum(each.nbytes for each in sides if isinstance(each, np.ndarray))
    return math.ceil(learned.similarity.nbytes * n / n_bytes) if n_bytes else 0


def _augmented(
    network: str,
    plain: _Scores,
    augmented: tuple[_Scores, Sequence[_Scores], Sequence[_Scores]] | None,
) -> dict[str, Any]:
    """The score by students of images augmented otherwise, and how robust the gain is to that.

    `augmented` has it with random sets by the usual students, and by those.
    """
    if augmented is None:
        return {"augmented": None, "augmentation_robust": None}
    changed, random, random_changed = augmented
    gains = [
        float(np.mean(own[network])) - float(np.mean([np.mean(each[network]) for each in others]))
        for own, others in ((plain, random), (changed, random_changed))
    ]
    robust = augmentation_robust(*(each / 100 for each in gains))
    return {"augmented": known_interval(changed[network]), "augmentation_robust": robust}


def _write(out: Path, rows: Sequence[Judged], asked: Asked) -> None:
    about = (
        f"Mean score in percent, ± half of the 95 % interval; students of {asked.config.data}, "
        f"{asked.n_random} random sets of each size. Where a set keeps a similarity, random ones "
        "have as many pairs more as that takes the place of. A gain is one where p is small after "
        "Holm's correction for all rows."
    )
    noun = find_task(asked.config.task).judging.noun
    cells = [[each.format(noun=noun) for each in HEAD], *(_cells(row) for row in rows)]
    for name, text in sheet(cells, about).items():
        write_aside(out / name, text.encode())
    told = json.dumps([row._asdict() for row in rows], indent=1) + "\n"
    write_aside(out / "referee.json", told.encode())


def _cells(row: Judged) -> list[str]:
    def number(value: float | None, digits: int = 1) -> str:
        return "–" if value is None else f"{value:.{digits}f}"

    return [
        row.set,
        row.method,
        row.network,
        row.seen or "–",
        f"{row.pairs:,}",
        f"{row.bytes / 1000:,.0f}",
        number(row.words),
        interval(row.as_kept),
        interval(row.as_opened),
        f"{row.random_pairs:,}",
        interval(row.chance),
        interval(row.over_chance),
        number(row.p, 3),
        interval(row.to_all) if row.to_all else "–",
        number(row.label_robust, 3),
        interval(row.augmented) if row.augmented else "–",
        number(row.augmentation_robust, 3),
        number(row.covered),
        number(row.covered_rare),
        str(row.copies),
    ]
