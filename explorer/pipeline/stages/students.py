"""One student: trained on a small set, its epoch chosen, its recall on test measured; cached."""

import math
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from explorer.config import EvaluationConfig
from explorer.core.geometry import unit_rows
from explorer.core.retrieval import recall_from_scores
from explorer.pipeline.progress import Measured
from explorer.pipeline.rates import Rates
from explorer.pipeline.stages.synthesize import Emit
from explorer.pipeline.store import Computed, Entry, Store
from explorer.types import Recall

N_LOOKS = 11
"""Looks at the split that the epoch is chosen on: at the first epoch, the last, and between."""


class Split(NamedTuple):
    """Pairs as a student sees them."""

    key: str
    image: np.ndarray  # (N, F) features of one backbone
    text: np.ndarray  # (M, D) embeddings
    image_of_caption: np.ndarray  # (M,) int64 in [0, N)


class Exam(NamedTuple):
    """What a student learns from and is scored on."""

    train: Split
    chooser: Split  # where the epoch is chosen: val (honest) or test itself (paper)
    test: Split


class Score(NamedTuple):
    seed: int
    epoch: int  # the chosen one
    recall: Recall  # on test, at that epoch


def score_student(
    store: Store, exam: Exam, config: EvaluationConfig, backbone: str, seed: int, emit: Emit
) -> Score:
    """Trains one student and scores it; of a stored one, the curves are emitted again."""
    inputs = {
        "splits": [split.key for split in exam],
        "backbone": backbone,
        "config": {**vars(config), "backbones": None, "n_seeds": None},
        "seed": seed,
    }
    about = {"backbone": backbone, "seed": seed}
    entry = store.peek("student", 1, inputs)
    if entry:
        for values in _curves(entry, config):
            emit("metric", {**about, **values})
    else:

        def compute(scratch: Path) -> Computed:
            return _train(exam, config, about, emit, Rates(store))

        entry = store.fetch("student", 1, inputs, compute)
    ways = {way: {int(k): v for k, v in entry.notes[way].items()} for way in Recall._fields}
    return Score(seed, entry.notes["epoch"], Recall(**ways))


def look_epochs(epochs: int) -> list[int]:
    """The epochs at which a student is looked at.

    Examples:
        >>> look_epochs(100)
        [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]
    """
    return sorted({round(epochs * look / (N_LOOKS - 1)) for look in range(N_LOOKS)})


def n_steps(n_pairs: int, config: EvaluationConfig) -> int:
    """Steps of the training of one student.

    Examples:
        >>> n_steps(129, EvaluationConfig(epochs=10, batch_size=128))
        22
    """
    return (config.epochs + 1) * math.ceil(n_pairs / config.batch_size)


def _train(
    exam: Exam, config: EvaluationConfig, about: dict[str, Any], emit: Emit, rates: Rates
) -> Computed:
    from explorer.models.student import Student, train_student

    looks = look_epochs(config.epochs)
    chooser_image, losses, recalls = unit_rows(exam.chooser.image), [], []
    best_epoch, best_mean, best_text = 0, -1.0, np.empty(0)
    start, seconds_looking = time.monotonic(), 0.0

    def on_epoch(epoch: int, loss: float, student: Student) -> None:
        nonlocal best_epoch, best_mean, best_text, seconds_looking
        losses.append(loss)
        emit("metric", {**about, "epoch": epoch, "loss": loss})
        if epoch not in looks:
            return
        before = time.monotonic()
        recall = _recall(exam.chooser, chooser_image, student.project(exam.chooser.text))
        seconds_looking += time.monotonic() - before
        recalls.append(_flat(recall))
        emit("metric", {**about, "epoch": epoch, **_named(recalls[-1], config)})
        if recall.mean > best_mean:  # the texts are kept, but not scored before the end
            best_epoch, best_mean = epoch, recall.mean
            best_text = student.project(exam.test.text)

    train_student(
        exam.train.image[exam.train.image_of_caption],
        exam.train.text,
        epochs=config.epochs,
        batch_size=config.batch_size,
        learning_rate=config.learning_rate,
        seed=about["seed"],
        on_epoch=on_epoch,
    )
    seconds = time.monotonic() - start - seconds_looking
    steps = n_steps(len(exam.train.text), config)
    rates.note("train", about["backbone"], Measured(seconds, steps))
    n_scores = len(looks) * len(chooser_image) * len(exam.chooser.text)
    rates.note("look", about["backbone"], Measured(seconds_looking, n_scores))
    recall = _recall(exam.test, unit_rows(exam.test.image), best_text)
    arrays = {"loss": np.array(losses), "recall": np.array(recalls)}
    return arrays, {"epoch": best_epoch, **recall._asdict()}


def _recall(split: Split, image: np.ndarray, text: np.ndarray) -> Recall:
    return recall_from_scores(image @ text.T, split.image_of_caption)


def _flat(recall: Recall) -> list[float]:
    return [recall.mean, *recall.image_to_text.values(), *recall.text_to_image.values()]


def _named(values: list[float], config: EvaluationConfig) -> dict[str, Any]:
    """Recall as an event: `recall` is the mean of the six, and `split` says what was looked at."""
    names = ["recall", "tr@1", "tr@5", "tr@10", "ir@1", "ir@5", "ir@10"]
    split = "val" if config.protocol == "honest" else "test"
    return {"split": split, **{n: float(v) for n, v in zip(names, values, strict=True)}}


def _curves(entry: Entry, config: EvaluationConfig) -> Iterator[dict[str, Any]]:
    """The events that training emitted, in the same order."""
    looks = iter(entry.arrays["recall"].tolist())
    epochs = look_epochs(config.epochs)
    for epoch, loss in enumerate(entry.arrays["loss"].tolist()):
        yield {"epoch": epoch, "loss": loss}
        if epoch in epochs:
            yield {"epoch": epoch, **_named(next(looks), config)}
