"""States of a method, written into a set as they come, and told to who watches."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from explorer.runs.config import RunConfig, method_of, task_of_run
from explorer.sets.folder import DistilledSet, Row, as_image
from explorer.sets.moments import BestMoment, is_moment
from explorer.steps.context import Context
from explorer.types import Dataset, Labelled, Samples, State

SAVE_EVERY = 15.0
"""Seconds between two checkpoints to go on from."""


@dataclass
class Writing:
    """Writes states into a set, and tells who watches."""

    context: Context
    config: RunConfig
    target: DistilledSet
    checkpoints: Path | None

    def __post_init__(self) -> None:
        self._emit = self.context.watcher.emit("synthesize")
        self._rows = self.target.rows()
        self._saved = time.monotonic()
        self._told = False

        judged = keeps_best(self.config, self.context)
        self._best = BestMoment(self.target.folder) if judged else None

    def take(self, state: State) -> None:
        """A set that grows is written at once; one that improves, every few moments."""
        if method_of(self.config).learns:
            self._improve(state)
        else:
            self._grow(state)

    def _grow(self, state: State) -> None:
        before = self._rows[: state.first]
        if not self._told:
            self._told = True
            self._tell(before)
        samples = state.samples()
        rows, images = _as_rows(samples, state.first, self.context.dataset)
        if rows:
            self.target.add(before, rows, images)
            self._rows = [*before, *rows]
            self._tell(rows)
        if state.done == state.total and state.embeddings:
            self.target.write_prototypes(**state.embeddings)

    def _tell(self, rows: Sequence[Row]) -> None:
        for row in rows:
            self._emit("image", row.as_json())

    def _improve(self, state: State) -> None:
        is_kept = is_moment(state.done, state.total)
        if state.metrics:
            self._emit("metric", {"step": state.done, **state.metrics})
        now = time.monotonic()
        if not is_kept and now - self._saved < SAVE_EVERY and now < self.context.until:
            return
        samples = state.samples()
        rows, images = _as_rows(samples, 0, self.context.dataset)
        if is_kept:
            score = self._look(state.done, samples)
            if self._best and score is not None:
                self._best.offer(state.done, score, rows, images, samples)
        self.target.add([], rows, images)
        self.target.write_learned(samples)
        self.target.write_state(state)
        for row in rows:
            self._emit("image", {**row.as_json(), "step": state.done})
        if is_kept and self.checkpoints:
            DistilledSet(self.checkpoints / f"{state.done:06d}").add([], rows, images)
        self._saved = time.monotonic()

    def _look(self, step: int, samples: Samples) -> float | None:
        """Tells what a quick student of the set scores on val; returns the headline, if there."""
        task = task_of_run(self.config)
        found = task.look(self.context, samples, self.config.evaluation) if task.look else {}
        if found:
            self._emit("metric", {"step": step, "split": "val", **found})
        return found.get(task.headline.name)

    def finish(self, n_steps: int) -> list[Row]:
        """Returns the lines of the set: that of its best moment, where this is asked for."""
        best = self._best
        if not best or best.step in (-1, n_steps):
            return self.target.rows()
        rows = best.restore()
        for row in rows:
            self._emit("image", {**row.as_json(), "step": best.step, "kept": True})
        headline = task_of_run(self.config).headline
        self.context.watcher.say(
            "synthesize",
            f"The set is that of step {best.step:,} of {n_steps:,}, which does best on val: "
            f"{headline.label} {best.score:.1f} {headline.unit}, by a quick student.",
        )
        return rows

    def tell_whole(self) -> list[Row]:
        """Returns the lines of a set that was made before; of one that grew they are told again."""
        self.forget()
        if not method_of(self.config).learns:
            self._tell(self._rows)
        return self._rows

    def forget(self) -> None:
        """Removes what was kept of moments that are not the set."""
        if self._best:
            self._best.forget()


def keeps_best(config: RunConfig, context: Context) -> bool:
    """Whether what is learned on the way may become the set, as students on val have it."""
    wanted = method_of(config).keeps_best(config.settings)
    return wanted and "val" in context.dataset.splits and task_of_run(config).look is not None


def _as_rows(samples: Samples, first: int, dataset: Dataset) -> tuple[list[Row], list[Image.Image]]:
    """The lines and the images of samples, numbered from `first`."""
    if samples.images is None:
        return [], []
    images = [as_image(each) for each in samples.images]
    numbers = range(first, first + len(images))
    columns: Mapping[str, Sequence[Any]] = {
        "prototype": list(numbers),
        "n_shared": [1] * len(images),
        "seed": [0] * len(images),
        "similarity": [0.0] * len(images),
        **samples.columns,
    }
    texts = samples.texts or [""] * len(images)
    names, labels = [f"{k:06d}.png" for k in numbers], [""] * len(images)
    train = dataset.splits["train"]
    if samples.labels is not None and isinstance(train, Labelled):
        hard = samples.labels if samples.labels.ndim == 1 else samples.labels.argmax(axis=1)
        labels = [train.classes[int(c)] for c in hard]
        names = [f"{label}/{name}" for label, name in zip(labels, names, strict=True)]
    lines = zip(names, texts, labels, *columns.values(), strict=True)
    rows = [
        Row(file_name=name, caption=text, label=label, **dict(zip(columns, values, strict=True)))
        for name, text, label, *values in lines
    ]
    return rows, images
