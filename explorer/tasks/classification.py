"""Trains students on a small labelled set and scores them on the source's held-out splits.

Students are the ConvNet of the field's benchmarks and other networks by name, and the score is that
of the last epoch, so that nothing is chosen on test, which is looked at once. Val only draws the
curve.
"""

import hashlib
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from explorer.config import NETWORKS, OF_EACH, POLICIES, WHITENINGS, NetworkConfig
from explorer.core.retrieval import known_interval
from explorer.core.whitening import Zca
from explorer.errors import ConfigError
from explorer.progress import Emit, Measured, Report, silent, within
from explorer.steps.context import Context
from explorer.steps.pixels import Pixels, pixels
from explorer.steps.whitening import whitening
from explorer.store.rates import on
from explorer.store.step import Computed, Entry, Step, Work
from explorer.tasks.classification_judging import JUDGING
from explorer.tasks.classification_students import (
    READINGS,
    REGRESSIONS,
    ClassificationConfig,
    Measure,
    Seen,
    Splits,
    Student,
    inputs_of,
    look_epochs,
    seeds_of,
)
from explorer.tasks.items import Items, Ranks
from explorer.tasks.students import all_students
from explorer.tasks.task import Costs, Evaluation, Interval, Metric, Scores, Task, Trained
from explorer.types import Labelled, Samples, Split


def accuracy(fits: np.ndarray, right: np.ndarray) -> float:
    """Share of images whose best class is the right one, in percent.

    Examples:
        >>> accuracy(np.array([[0.9, 0.1], [0.8, 0.2]]), np.array([0, 1]))
        50.0
    """
    return float((fits.argmax(axis=1) == right).mean() * 100)


MEASURES: dict[Metric, Measure] = {Metric("accuracy", "Accuracy"): accuracy}
"""What students are scored by; the first is the headline, and draws the curve on val."""


def evaluate(context: Context, trained: Trained, config: ClassificationConfig) -> Evaluation:
    """Each metric as [mean, half of the 95 % interval], and the scores of each student."""
    report, emit = context.watcher.report("evaluate"), context.watcher.emit("evaluate")
    splits = _splits(context, trained, config, within(report, 0.0, 0.3))
    device = context.models.device
    every = [(name, seed) for name in config.students for seed in seeds_of(name, config)]
    steps = [student(splits, config, name, seed, device, emit) for name, seed in every]

    def tell(number: int, found: Student) -> None:
        _tell(found, config, *every[number], emit)

    found = all_students(context, steps, tell, within(report, 0.3, 1.0))
    students = {
        name: [each for each, (own, _) in zip(found, every, strict=True) if own == name]
        for name in config.students
    }
    trained.keep(_items(splits, students))
    return {
        "task": TASK.name,
        "n_pairs": len(splits.train.target),
        "n_seeds": config.n_seeds,
        **{name: getattr(config, name) for name in TASK.shared},
        "learning_rate": splits.learning_rate,
        "images": "exact" if splits.train.image.dtype == np.float32 else "8-bit",
        "networks": {name: _summary(own) for name, own in students.items()},
    }


def _summary(students: Sequence[Student]) -> dict[str, Interval | list[dict[str, float]]]:
    """The interval of each metric, and under `students` the seed and metrics of each."""
    return {
        **{name: known_interval([each.scores[name] for each in students]) for name in _names()},
        "students": [{"seed": seed, **each.scores} for seed, each in enumerate(students)],
    }


def _items(splits: Splits, students: Mapping[str, Sequence[Student]]) -> Items:
    ranks = {
        name: Ranks(np.stack([each.rank for each in own]), np.empty((len(own), 0), np.int32))
        for name, own in students.items()
    }
    none = np.empty(0, np.int32)
    return Items(splits.test.number, none, (splits.n_classes, 0), ranks)


def _splits(
    context: Context, trained: Trained, config: ClassificationConfig, report: Report
) -> Splits:
    """Reads the images of all splits once."""
    dataset, store = context.dataset, context.store
    test = _test(context)
    source = dataset.labelled()
    splits: dict[str, Labelled] = {"train": source, "test": test}
    if "val" in dataset.splits:
        splits["val"] = dataset.labelled("val")
    seen: dict[str, Pixels] = {}
    for place, (name, split) in enumerate(splits.items()):
        part = within(report, place / (len(splits) + 1), (place + 1) / (len(splits) + 1))
        read = store.fetch(pixels(split, config.image_size, name, context.engine), part)
        seen[name] = read.seen_in(config.n_channels)
    is_kept = not trained.is_source and config.reading == READINGS[0]
    learned = trained.learned() if is_kept else None
    learns = _of_split(context, _labelled(trained.split), test.classes, config, report)
    if learned is not None:
        learns = _with_learned(learns, learned, config, len(test.classes))
    rates = learned.learning_rates if learned and config.rate == "learned" else None
    return Splits(
        train=learns,
        val=_seen(seen["val"], splits["val"]) if "val" in seen else None,
        test=_seen(seen["test"], test),
        n_classes=len(test.classes),
        mean=seen["train"].mean,
        std=seen["train"].std,
        learning_rate=(rates or {}).get("student", config.learning_rate),
        white=_white(context, config, report),
    )


def _white(context: Context, config: ClassificationConfig, report: Report) -> Zca | None:
    """How students see images whitened, by the images of train; None where they do not."""
    step = _white_step(context, config)
    return context.store.fetch(step, report) if step else None


def _white_step(context: Context, config: ClassificationConfig) -> Step[Zca] | None:
    train, size = context.dataset.labelled(), config.image_size
    own = pixels(train, size, "train", context.engine)
    channels, n = config.n_channels, train.n_images
    return whitening(own, config.whitens, size, channels, n, context.store)


def _test(context: Context) -> Labelled:
    if "test" not in context.dataset.splits:
        raise ConfigError(f"{context.dataset.name} has no test split to score on.")
    return context.dataset.labelled("test")


def _labelled(split: Split) -> Labelled:
    if not isinstance(split, Labelled):
        raise ConfigError("Classes are learned from labels, and this set has captions.")
    return split


def _seen(found: Pixels, split: Labelled) -> Seen:
    return Seen(found.key, found.image, split.labels[found.number], found.number)


def _of_split(
    context: Context,
    split: Labelled,
    classes: Sequence[str],
    config: ClassificationConfig,
    report: Report,
) -> Seen:
    """The set as students see it; its classes are known by their names."""
    if unknown := [name for name in split.classes if name not in classes]:
        raise ConfigError(
            f"The set has the class {unknown[0]!r}, which the data it is scored on does not have; "
            f"that has {', '.join(list(classes)[:8])}."
        )
    step = pixels(split, config.image_size, "the set's", context.engine)
    found = context.store.fetch(step, report).seen_in(config.n_channels)
    number = np.array([list(classes).index(name) for name in split.classes], dtype=np.int64)
    target = number[split.labels[found.number]]
    digest = hashlib.sha256(target.tobytes()).hexdigest()[:24]
    return Seen(f"{found.key}-{digest}", found.image, target, found.number)


def _with_learned(
    seen: Seen, learned: Samples, config: ClassificationConfig, n_classes: int
) -> Seen:
    """The set with the exact images and soft labels that were learned, where there are some.

    Images of another size than students see are the 8-bit ones, scaled.
    """
    image, target = seen.image, seen.target
    exact = learned.images
    if isinstance(exact, np.ndarray) and exact.shape[1:] == (3, *2 * (config.image_size,)):
        image = _seen_in(config.n_channels, exact.astype(np.float32))
    if learned.labels is not None and learned.labels.ndim == 2:
        target = learned.labels.astype(np.float32)
        if target.shape[1] != n_classes:
            raise ConfigError(
                f"The set's labels are shares of {target.shape[1]} classes, but the data it is "
                f"scored on has {n_classes}."
            )
    if not len(image) == len(target) == len(seen.target):
        raise ConfigError("The set's images and labels differ in number; distill it again.")
    digest = hashlib.sha256(np.ascontiguousarray(image).tobytes() + target.tobytes())
    return Seen(f"{seen.key}-{digest.hexdigest()[:24]}", image, target, seen.number)


def _seen_in(channels: int, levels: np.ndarray) -> np.ndarray:
    """(n, 3, S, S) learned levels in so many channels: the mean of theirs, or all."""
    return levels.mean(axis=1, keepdims=True) if channels == 1 else levels


def student(
    splits: Splits, config: ClassificationConfig, network: str, seed: int, device: str, emit: Emit
) -> Step[Student]:
    """Trains one student and scores it, emitting its curves."""

    def compute(scratch: Path, report: Report) -> Computed:
        if network in REGRESSIONS:
            return _regress(splits, config, network, device)
        return _train(splits, config, network, seed, device, emit)

    def read(entry: Entry) -> Student:
        scores = {name: entry.notes[name] for name in _names()}
        return Student(scores, **entry.arrays)

    inputs = inputs_of(splits, config, network, seed)
    if len(MEASURES) > 1:  # with one, keys are as they were when there was no other
        inputs["metrics"] = _names()
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
    spent = {("train", _rate_key(config, name, device)): Measured(seconds, n_steps)}
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
        ("train", _rate_key(config, name, device)): Measured(time.monotonic() - start, len(image))
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


def _names() -> list[str]:
    return [metric.name for metric in MEASURES]


def _measured(fits: np.ndarray, right: np.ndarray) -> dict[str, float]:
    return {metric.name: measure(fits, right) for metric, measure in MEASURES.items()}


def _look(network: str, seed: int, epoch: int, value: float) -> dict[str, str | float]:
    headline = _names()[0]
    return {"backbone": network, "seed": seed, "epoch": epoch, "split": "val", headline: value}


def _tell(
    found: Student, config: ClassificationConfig, network: str, seed: int, emit: Emit
) -> None:
    """Emits the curves of a student that was trained before."""
    looks = dict(zip(look_epochs(config.epochs), found.val.tolist(), strict=False))
    for epoch, loss in enumerate(found.loss.tolist()):
        emit("metric", {"backbone": network, "seed": seed, "epoch": epoch, "loss": loss})
        if epoch in looks:
            emit("metric", _look(network, seed, epoch, looks[epoch]))


def _rate_key(config: ClassificationConfig, name: str, device: str) -> str:
    if name == NETWORKS[0]:
        return on(device, config.network)
    own = config.network if name.startswith(NETWORKS[0]) else f"{config.image_size} pixels"
    return on(device, f"{name}, {own}")


def look(context: Context, samples: Samples, config: ClassificationConfig) -> Mapping[str, float]:
    """What one student of a set that is not finished scores on val, with a tenth of the epochs.

    It sees images in the size in which they are learned, whatever size they are scored in at last.
    """
    if "val" not in context.dataset.splits or not isinstance(samples.images, np.ndarray):
        return {}
    if samples.labels is None:
        return {}
    if (size := samples.images.shape[-1]) != config.image_size:
        config = replace(config, image_size=size, depth=0)
    channels = config.n_channels
    store, classes = context.store, context.dataset.labelled().classes
    val = context.dataset.labelled("val")
    size, engine = config.image_size, context.engine
    train = context.dataset.labelled()
    source = store.fetch(pixels(train, size, "train", engine)).seen_in(channels)
    seen = _seen(store.fetch(pixels(val, size, "val", engine)).seen_in(channels), val)
    learned = _seen_in(channels, samples.images.astype(np.float32))
    rates = samples.learning_rates if config.rate == "learned" else None
    splits = Splits(
        train=Seen("", learned, samples.labels, np.empty(0, np.int64)),
        val=None,
        test=seen,
        n_classes=len(classes),
        mean=source.mean,
        std=source.std,
        learning_rate=(rates or {}).get("student", config.learning_rate),
        white=_white(context, config, silent),
    )
    quick = replace(config, epochs=_quick_epochs(config))
    device = context.models.device
    try:
        return dict(_train(splits, quick, NETWORKS[0], 0, device, lambda kind, values: None).notes)
    except ConfigError:  # a set on its way need not teach anything yet
        return {}


def require(context: Context, config: ClassificationConfig) -> None:
    """Raises where splits that `evaluate` needs are not here."""
    _test(context)


def scores(result: Evaluation) -> Scores:
    """The scores in what `evaluate` returned, of the metrics that it knew."""
    return {
        network: {name: own[name] for name in _names() if name in own}
        for network, own in result["networks"].items()
    }


def _quick_epochs(config: ClassificationConfig) -> int:
    return max(1, config.epochs // 10)


def looking(context: Context, config: ClassificationConfig) -> Sequence[Work]:
    """Of one student with a tenth of the epochs."""
    if "val" not in context.dataset.splits:
        return ()
    by = _rate_key(config, NETWORKS[0], context.models.device)
    each = (_quick_epochs(config) + 1) * context.size * context.dataset.n_classes
    return (Work("synthesize", "looks at val", 1, "train", by, each=each),)


def cost(context: Context, config: ClassificationConfig, size: int | None) -> Costs:
    """Images of all splits, and for each set its students."""
    dataset = context.dataset
    steps: list[Step[Any]] = []
    for name in dataset.splits:
        step = pixels(dataset.labelled(name), config.image_size, name)
        (work,) = step.cost
        steps.append(replace(step, cost=(work._replace(stage="evaluate"),)))
    if white := _white_step(context, config):
        (work,) = white.cost
        steps.append(replace(white, cost=(work._replace(stage="evaluate"),)))
    train = dataset.labelled()
    n = train.n_images if size is None else size * len(train.classes)
    students = [
        Work(
            "evaluate",
            "students",
            len(seeds_of(name, config)),
            "train",
            _rate_key(config, name, context.models.device),
            each=n if name in REGRESSIONS else (config.epochs + 1) * n,
        )
        for name in config.students
    ]
    return Costs(tuple(steps), tuple(students))


def _told(about: Mapping[str, Any]) -> str:
    """The protocol in a few words."""
    known = {name: about[name] for name in ("image_size", "width", "depth")}
    known["image_channels"] = about.get("image_channels", 3)  # which was all there was
    whitened = ", whitened" if about.get("whitening", "none") in WHITENINGS[1:] else ""
    read = ", 8-bit images and hard labels" if about.get("reading") == READINGS[1] else ""
    return f"{NetworkConfig(**known).network}, {about['epochs']} epochs{whitened}{read}"


TASK = Task(
    name="classification",
    label="Image classification",
    unit="images per class",
    per_class=True,
    size_name="per_class",
    usual_size=1,
    usual_sizes=(1, 10),
    kind=Labelled,
    metrics=tuple(MEASURES),
    config=ClassificationConfig,
    learned_through=NETWORKS[0],
    embeds=False,
    require=require,
    evaluate=evaluate,
    look=look,
    looking=looking,
    scores=scores,
    cost=cost,
    n_rows=lambda result: int(result["n_pairs"]),
    told=_told,
    students=lambda about: [_told(about)],
    judging=JUDGING,
    shared=(
        *("image_size", "image_channels", "width", "depth", "augmentation", "whitening"),
        *("epochs", "batch_size", "reading"),
    ),
    protocols={"last-epoch": "The score is that of the last epoch; test is looked at once."},
)
