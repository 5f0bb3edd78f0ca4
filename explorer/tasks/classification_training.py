"""One student of labelled images: trained, or a regression, and scored; a cached step."""

import math
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from explorer.config import NETWORKS, OF_EACH, POLICIES
from explorer.errors import ConfigError
from explorer.progress import Emit, Measured, Report
from explorer.store.rates import on
from explorer.store.step import Computed, Entry, Step
from explorer.tasks.classification_students import (
    REGRESSIONS,
    ClassificationConfig,
    Measure,
    Seen,
    Splits,
    Student,
    inputs_of,
    look_epochs,
)
from explorer.tasks.task import Metric


def accuracy(fits: np.ndarray, right: np.ndarray) -> float:
    """Share of images whose best class is the right one, in percent.

    Examples:
        >>> accuracy(np.array([[0.9, 0.1], [0.8, 0.2]]), np.array([0, 1]))
        50.0
    """
    return float((fits.argmax(axis=1) == right).mean() * 100)


MEASURES: dict[Metric, Measure] = {Metric("accuracy", "Accuracy"): accuracy}
"""What students are scored by; the first is the headline, and draws the curve on val."""


def student(
    splits: Splits, config: ClassificationConfig, network: str, seed: int, device: str, emit: Emit
) -> Step[Student]:
    """Trains one student and scores it, emitting its curves."""

    def compute(scratch: Path, report: Report) -> Computed:
        if network in REGRESSIONS:
            return _regress(splits, config, network, device)
        return _train(splits, config, network, seed, device, emit)

    def read(entry: Entry) -> Student:
        scores = {name: entry.notes[name] for name in metric_names()}
        return Student(scores, **entry.arrays)

    inputs = inputs_of(splits, config, network, seed)
    if len(MEASURES) > 1:  # with one, keys are as they were when there was no other
        inputs["metrics"] = metric_names()
    return Step("classifier", 2, inputs, compute, read)


def _train(
    splits: Splits, config: ClassificationConfig, name: str, seed: int, device: str, emit: Emit
) -> Computed:
    from explorer.learn.networks.architectures import learner_called
    from explorer.learn.networks.augment import CHOICES
    from explorer.learn.students.classifier import Classifier, Training, scale_on, train_classifier

    start, seconds_looking = time.monotonic(), 0.0
    looks, losses, values = look_epochs(config.epochs), [], []
    measure = next(iter(MEASURES.values()))

    def on_epoch(epoch: int, loss: float, learner: Classifier) -> None:
        nonlocal seconds_looking
        if not math.isfinite(loss):
            raise ConfigError(_diverged(splits.learning_rate, config, name, epoch))
        losses.append(loss)
        emit("metric", {"backbone": name, "seed": seed, "epoch": epoch, "loss": loss})
        if splits.val and epoch in looks:
            before = time.monotonic()
            fits = learner.scores(splits.val.image)
            values.append(measure(fits, splits.val.target))
            seconds_looking += time.monotonic() - before
            emit("metric", _look(name, seed, epoch, values[-1]))

    network, image = learner_called(name, config, splits.n_classes), _levels(splits.train)
    training = Training(
        config.epochs,
        config.batch_size,
        splits.learning_rate,
        CHOICES.get(config.augmentation, ()),
        config.augmentation if config.augmentation in (OF_EACH, *POLICIES) else "",
    )
    scale = scale_on(splits.mean, splits.std, device, splits.white)
    learner = train_classifier(network, image, splits.train.target, scale, training, seed, on_epoch)
    seconds = time.monotonic() - start - seconds_looking
    n_steps = (config.epochs + 1) * len(image)
    spent = {("train", rate_key(config, name, device)): Measured(seconds, n_steps)}
    return _judged(learner.scores(splits.test.image), splits, losses, values, spent)


def _diverged(rate: float, config: ClassificationConfig, name: str, epoch: int) -> str:
    """The sentence on a student whose loss ran away."""
    learned = rate != config.learning_rate
    mend = "give another with `rate` given" if learned else "lower learning_rate of the evaluation"
    return (
        f"The loss of a student ({name}) is no number any more in epoch {epoch}, with the "
        f"{'learned ' if learned else ''}learning rate {rate:.3g}: {mend}."
    )


def _regress(splits: Splits, config: ClassificationConfig, name: str, device: str) -> Computed:
    from explorer.learn.students.classifier import scale_on
    from explorer.learn.students.regressed_students import answers

    start = time.monotonic()
    scale = scale_on(splits.mean, splits.std, device, splits.white)
    asked = [splits.test, *([splits.val] if splits.val else [])]
    image, target = _levels(splits.train), splits.train.target
    fits = answers(
        name, image, target, splits.n_classes, [e.image for e in asked], scale, config, config.ridge
    )
    measure = next(iter(MEASURES.values()))
    values = [measure(fits[1], splits.val.target)] if splits.val else []
    spent = {
        ("train", rate_key(config, name, device)): Measured(time.monotonic() - start, len(image))
    }
    return _judged(fits[0], splits, [], values, spent)


def _levels(seen: Seen) -> np.ndarray:
    """(n, C, S, S) float32 levels in [0, 1], or beyond where they were learned."""
    return seen.image.astype(np.float32) / 255 if seen.image.dtype == np.uint8 else seen.image


def _judged(
    fits: np.ndarray,
    splits: Splits,
    losses: Sequence[float],
    values: Sequence[float],
    spent: Mapping[tuple[str, str], Measured],
) -> Computed:
    """A student by how well each class fits each image of test, (n, C)."""
    right = fits[np.arange(len(fits)), splits.test.target]
    rank = (~(fits < right[:, None])).sum(axis=1) - 1
    arrays = {
        "loss": np.array(losses),
        "val": np.array(values),
        "rank": rank.astype(np.int32),
    }
    return Computed(arrays, _measured(fits, splits.test.target), spent)


def metric_names() -> list[str]:
    return [metric.name for metric in MEASURES]


def _measured(fits: np.ndarray, right: np.ndarray) -> dict[str, float]:
    return {metric.name: measure(fits, right) for metric, measure in MEASURES.items()}


def _look(network: str, seed: int, epoch: int, value: float) -> dict[str, str | float]:
    headline = metric_names()[0]
    return {"backbone": network, "seed": seed, "epoch": epoch, "split": "val", headline: value}


def tell(found: Student, config: ClassificationConfig, network: str, seed: int, emit: Emit) -> None:
    """Emits the curves of a student that was trained before."""
    looks = dict(zip(look_epochs(config.epochs), found.val.tolist(), strict=False))
    for epoch, loss in enumerate(found.loss.tolist()):
        emit("metric", {"backbone": network, "seed": seed, "epoch": epoch, "loss": loss})
        if epoch in looks:
            emit("metric", _look(network, seed, epoch, looks[epoch]))


def rate_key(config: ClassificationConfig, name: str, device: str) -> str:
    if name == NETWORKS[0]:
        return on(device, config.network)
    own = config.network if name.startswith(NETWORKS[0]) else f"{config.image_size} pixels"
    return on(device, f"{name}, {own}")


def quick_scores(splits: Splits, config: ClassificationConfig, device: str) -> Mapping[str, float]:
    """What one student of the usual network scores, without a word; `splits` has no val.

    Raises:
        ConfigError: Its loss ran away.
    """
    notes = _train(splits, config, NETWORKS[0], 0, device, lambda kind, values: None).notes
    return {name: notes[name] for name in metric_names()}
