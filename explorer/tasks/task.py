"""What is learned from a set, and how it is scored."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from explorer.settings import Settings
from explorer.steps.context import Context
from explorer.store.step import Step, Work
from explorer.tasks.items import Items, ignore
from explorer.types import Dataset, Samples, Split

Interval = list[float | None]
"""[mean, half of the 95 % interval]; one value alone has no interval."""
Scores = Mapping[str, Mapping[str, Interval]]
"""By network and by metric."""
Evaluation = Mapping[str, Any]
"""What `Task.evaluate` returns, JSON-ready: `task`, `n_pairs` (that students learned from),
`n_seeds` (students per network), the settings that are `shared`, and the scores in a shape of the
task's own, which its `scores` reads. Files hold it, so a task also reads what it once returned."""


class Metric(NamedTuple):
    """One number that a student is scored by."""

    name: str  # in events and tables
    label: str  # for people
    unit: str = "%"
    group: str = ""  # metrics of one group stand together
    mean_of: tuple[str, ...] = ()  # names of others, where it is nothing but their mean


class Trained(NamedTuple):
    """What students are trained on."""

    split: Split
    learned: Callable[[], Samples | None] = lambda: None  # beyond images and words
    is_source: bool = False  # whether it is the source itself, and no set
    folder: Path | None = None  # of the distilled set that it is
    keep: Callable[[Items], None] = ignore  # takes how each item of test fared


class Readings(NamedTuple):
    """Settings of one evaluation, changed to read a set in the ways a referee compares."""

    kept: Any  # with all that was learned
    opened: Any  # as people open it
    otherwise: Any  # as people open it, by students of images augmented in another way; or None


class Judging(NamedTuple):
    """What a referee asks of a task."""

    noun: str  # what the rows of a set are: "pairs", "images"
    usual: Mapping[str, Any]  # settings of the evaluation, where nobody says otherwise
    readings: Callable[[Any], Readings]
    students: Callable[[Evaluation], Mapping[str, list[float]]]
    """The headline of each student by network."""
    has_more: Callable[[Context, Samples], bool]
    """Whether students can read more of a set than people see."""
    size: Callable[[Mapping[str, Any], int, int], int]
    """The size of a random set as large as one with these settings, rows and classes."""
    rows_of: Callable[[Context, Any, str], np.ndarray]
    """(N, D) of the images of a split, by which they lie near each other or far."""
    rows_of_set: Callable[[Context, Any, Split], np.ndarray]
    """(K, D) of a set's images, likewise."""
    learned_through: Callable[[Context, Mapping[str, Any]], str | None]
    """The network that a set with these settings was learned through; None for none."""


class Costs(NamedTuple):
    """What an evaluation has to do: cached steps, and work for each set."""

    steps: tuple[Step[Any], ...]
    work: tuple[Work, ...]


@dataclass(frozen=True, kw_only=True)
class Task:
    """One kind of learning; the first metric is the headline."""

    name: str
    label: str
    unit: str
    """What the size of a set counts: "pairs", or "images per class"."""
    per_class: bool = False
    """Whether the size counts the images of each class, and not the rows of a set."""
    size_name: str
    """What the command line calls it, as a name."""
    usual_size: int
    """Of a set, where nobody says otherwise."""
    usual_sizes: tuple[int, ...]
    """Of the sets of a sweep, likewise."""
    kind: type[Split]
    """Of the splits that it learns from."""
    metrics: tuple[Metric, ...]
    config: type[Settings]
    require: Callable[[Context, Any], None]
    """Raises where models or splits that `evaluate` needs are not here."""
    evaluate: Callable[[Context, Trained, Any], Evaluation]
    """Scores what students learn from a set. It is told to the watcher's stage "evaluate", with a
    "metric" per epoch and student."""
    look: Callable[[Context, Samples, Any], Mapping[str, float]] | None = None
    """What a set that is still being learned scores on val, cheaply; empty where it cannot tell."""
    look_version: int = 1
    """Raised whenever `look` scores otherwise, as this decides which moment becomes the set."""
    looking: Callable[[Context, Any], Sequence[Work]] = lambda context, config: ()
    """The work of one such look, at a set of the context's size."""
    learned_through: str = ""
    """The network that methods learn images through, where it is one for all: others are unseen."""
    embeds: bool = True
    """Whether its methods see the data through an encoder, with prototypes and a map."""
    scores: Callable[[Evaluation], Scores]
    """The scores in what `evaluate` returned, now or in an earlier version."""
    cost: Callable[[Context, Any, int | None], Costs]
    """Of evaluating a set of this size; None for all of train."""
    n_rows: Callable[[Evaluation], int]
    """How many samples there were, by what `evaluate` returned."""
    told: Callable[[Mapping[str, Any]], str]
    """The protocol in a few words, from a config as JSON or from what `evaluate` returned."""
    students: Callable[[Mapping[str, Any]], list[str]]
    """What students are and read, in a few words, from the settings that are `shared`."""
    judging: Judging
    shared: tuple[str, ...]
    """Settings that decide what is measured: scores with others are not comparable."""
    protocols: Mapping[str, str]
    """Sentences on how students are scored, by the setting `protocol`, or of the only way. No table
    mixes them."""

    def protocol(self, evaluation: Settings) -> str:
        """The name of the way in which students are scored."""
        return str(getattr(evaluation, "protocol", next(iter(self.protocols))))

    def sized(self, size: int) -> str:
        """A size in words: "20 pairs", "1 image per class"."""
        what, *of = self.unit.split()
        return " ".join([f"{size:,}", what.removesuffix("s") if size == 1 else what, *of])

    @property
    def headline(self) -> Metric:
        return self.metrics[0]

    def fits(self, dataset: Dataset) -> bool:
        return isinstance(dataset.splits["train"], self.kind)
