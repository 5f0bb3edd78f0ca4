"""Sets beside each other before a referee: scores as kept and as opened, gains, coverage, copies.

Formulas of improvement, recovery and the robust scores are those of DD-Ranking.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from explorer.core.referee import augmentation_robust, gap, holm, label_robust, spread
from explorer.core.retrieval import known_interval
from explorer.errors import ConfigError, MissingDataError
from explorer.methods.registry import all_methods, methods_for
from explorer.runs.config import RunConfig, bundle_of, reseeded
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
    "pairs",
    "KiB",
    "words",
    "as kept",
    "as opened",
    "random pairs",
    "chance",
    "over chance",
    "p (Holm)",
    "to all",
    "label-robust",
    "augmented",
    "augmentation-robust",
    "covered %",
    "rare covered %",
    "copies",
)
"""Of the table."""


class Asked(NamedTuple):
    """What is compared with what."""

    sets: Sequence[Path]
    config: RunConfig  # data to score on, models and students
    n_random: int  # random sets of each size
    has_whole: bool  # whether students are trained on all of the data, too
    views: int = 0  # cropped ones that further students see; 0 for no such students


class Judged(NamedTuple):
    """What is found of a set by one network; `referee.json` has these fields in this order.

    Intervals are [mean, half of the 95 % interval] in percent.
    """

    set: str
    method: str
    pairs: int
    random_pairs: int  # of each random set beside it
    bytes: int
    words: float  # per caption
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
    augmented: Interval | None  # by students of cropped views; None where there are none
    augmentation_robust: float | None


_Scores = Mapping[str, list[float]]  # of each student by network, of one way to read a set


def referee(opened: Context, asked: Asked, out: Path) -> list[Judged]:
    """A row for each set and network, also written to `out` as table.md, .csv, .tex and JSON.

    Every set is scored twice, by the same students: as kept, with all that was learned, and as
    people open it, with 8-bit images and captions.
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
        self._random: dict[tuple[int, int], list[_Scores]] = {}
        self._whole: _Scores | None = None

    def rows(self, path: Path) -> list[Judged]:
        target = DistilledSet(path)
        learned, lines = target.learned(), target.rows()
        as_opened = self._score(path, "caption")
        as_kept, n_random = as_opened, len(lines)
        if self._has_more(learned):
            as_kept = self._score(path, "prototype")
            n_random += pairs_instead(learned)
        found = spread(np.asarray(self._context.embedded().image), self._embedded(target))
        shared: dict[str, Any] = {
            "set": path.name,
            "method": str(target.settings()["method"]),
            "pairs": len(lines),
            "random_pairs": n_random,
            "bytes": target.n_bytes(),
            "words": words_per_caption([line.caption for line in lines]),
            "covered": 100 * found.covered,
            "covered_rare": 100 * found.covered_rare,
            "copies": found.n_copies,
        }
        random, whole, views = self._randoms(n_random), self._all(), self.asked.views
        alike = self._randoms(len(lines)) if views else []
        augmented = (
            (self._score(path, "caption", views), self._randoms(len(lines), views))
            if views
            else None
        )
        return [
            Judged(
                **shared,
                **self._gains(network, as_kept, as_opened, random, whole),
                **_augmented(network, as_opened, alike, augmented),
                network=network,
                seen=_seen(target.settings(), self.asked.config, network),
            )
            for network in as_opened
        ]

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

    def _has_more(self, learned: Samples | None) -> bool:
        """Whether students can read more of the set than people see."""
        try:
            texts = self._context.models.learned_texts(learned) if learned else None
        except ConfigError:  # they are of another encoder
            return False
        width = self._context.embedded().caption.shape[1]
        return texts is not None and texts.shape[1] == width

    def _score(self, path: Path, text: str, views: int = 0) -> _Scores:
        changed = {"text": text, "views": views}
        evaluation = replace(self.asked.config.evaluation, **changed)  # type: ignore[type-var]
        trained = open_trained(str(path))
        return _scored(self._task.evaluate(self._context, trained, evaluation))

    def _randoms(self, size: int, views: int = 0) -> list[_Scores]:
        """Random sets of a size, made once and kept, scored by students of so many views."""
        if (size, views) not in self._random:
            names = [each.name for each in methods_for(self._task.name) if each.is_baseline]
            own = replace(self.asked.config.with_method(names[0]), size=size)
            scored = replace(own.evaluation, views=views)  # type: ignore[type-var]
            own = replace(own, evaluation=scored)
            self._random[size, views] = [
                self._made(replace(own, settings=reseeded(own.settings, number)), number)
                for number in range(self.asked.n_random)
            ]
        return self._random[size, views]

    def _made(self, own: RunConfig, number: int) -> _Scores:
        folder = self.out / f"{own.method}-{own.size}-{number}"
        return _scored(make_and_score(self.opened, own, folder)["evaluation"])

    def _all(self) -> _Scores | None:
        """Students of all of the data, where they were asked for."""
        if self.asked.has_whole and self._whole is None:
            names = [each.name for each in all_methods().values() if each.make is None]
            own = self.asked.config.with_method(names[0])
            self._whole = self._made(own, 0)
        return self._whole

    def _embedded(self, target: DistilledSet) -> np.ndarray:
        split = open_trained(str(target.folder)).split
        images = [split.open_image(i) for i in range(split.n_images)]
        return self._context.models.embed_images(images)


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
    random: Sequence[_Scores],
    augmented: tuple[_Scores, Sequence[_Scores]] | None,
) -> dict[str, Any]:
    """The score by students of cropped views, and how robust the set's gain is to them."""
    if augmented is None:
        return {"augmented": None, "augmentation_robust": None}
    gains = [
        float(np.mean(own[network])) - float(np.mean([np.mean(each[network]) for each in others]))
        for own, others in ((plain, random), augmented)
    ]
    robust = augmentation_robust(*(each / 100 for each in gains))
    own = known_interval(augmented[0][network])
    return {"augmented": own, "augmentation_robust": robust}


def _scored(result: Mapping[str, Any]) -> _Scores:
    own = {name: each["students"] for name, each in result["backbones"].items()}
    return {name: [float(s["mean"]) for s in each] for name, each in own.items()}


def _seen(settings: Mapping[str, Any], config: RunConfig, network: str) -> str:
    """Whether the images of a set were learned through a network; "" where none was."""
    own = settings.get("settings")
    if not isinstance(own, Mapping) or "network" not in own:
        return ""
    named = own["network"] or bundle_of(config).backbones[0]
    return "seen" if Path(str(named)).name == network else "unseen"


def _write(out: Path, rows: Sequence[Judged], asked: Asked) -> None:
    about = (
        f"Mean score in percent, ± half of the 95 % interval; students of {asked.config.data}, "
        f"{asked.n_random} random sets of each size. Where a set keeps a similarity, random ones "
        "have as many pairs more as that takes the place of. A gain is one where p is small after "
        "Holm's correction for all rows."
    )
    cells = [list(HEAD), *(_cells(row) for row in rows)]
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
        f"{row.bytes / 1024:,.0f}",
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
