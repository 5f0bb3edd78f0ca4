"""Trains students on a small labelled set and scores them on the source's held-out splits.

The student is the ConvNet of the field's benchmarks, and the score is that of its last epoch, so
that nothing is chosen on test, which is looked at once. Val only draws the curve.
"""

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from explorer.config import NetworkConfig
from explorer.core.retrieval import known_interval
from explorer.errors import ConfigError
from explorer.progress import Emit, Measured, Report, within
from explorer.settings import setting
from explorer.steps.context import Context
from explorer.steps.pixels import Pixels, pixels
from explorer.store.rates import on
from explorer.store.step import Computed, Entry, Step, Work
from explorer.tasks.items import Items, Ranks
from explorer.tasks.students import all_students
from explorer.tasks.task import Costs, Metric, Scores, Task, Trained
from explorer.types import Labelled, Samples, Split

NETWORK = "convnet"
N_LOOKS = 11
"""Looks at val, for the curve: at the first epoch, the last, and between."""
Measure = Callable[[np.ndarray, np.ndarray], float]
"""Takes how well each class fits, (n, C), and which is right, (n,) int64."""


def accuracy(fits: np.ndarray, right: np.ndarray) -> float:
    """Share of images whose best class is the right one, in percent.

    Examples:
        >>> accuracy(np.array([[0.9, 0.1], [0.8, 0.2]]), np.array([0, 1]))
        50.0
    """
    return float((fits.argmax(axis=1) == right).mean() * 100)


MEASURES: dict[Metric, Measure] = {Metric("accuracy", "Accuracy"): accuracy}
"""What students are scored by; the first is the headline, and draws the curve on val."""


class ClassificationConfig(NetworkConfig):
    """How a student is trained on labelled images and scored."""

    rate: str = setting(
        "Learning rate used",
        "The one that a method `learned` with its set, where it did, or the `given` one.",
        choices=("learned", "given"),
        default="learned",
    )
    n_seeds: int = setting(
        "Students per network",
        "Students, each from its own random start.",
        at_least=1,
        at_most=100,
        option="seeds",
        default=5,
    )
    epochs: int = setting(
        "Epochs", "Passes over the set; published numbers are with 1000.", at_least=1, default=300
    )
    batch_size: int = setting("Batch size", "Images per step.", at_least=1, default=256)
    learning_rate: float = setting(
        "Learning rate",
        "Of SGD with momentum; a tenth of it in the second half.",
        above=0,
        default=0.01,
    )


class Seen(NamedTuple):
    """Images as a student sees them."""

    key: str
    image: np.ndarray  # (n, 3, S, S) uint8, or float32 levels where they were learned
    target: np.ndarray  # (n,) int64 classes, or (n, C) float32 shares
    number: np.ndarray  # (n,) int, of the images in their split


class Splits(NamedTuple):
    """What a student learns from and is scored on."""

    train: Seen
    val: Seen | None
    test: Seen
    n_classes: int
    mean: np.ndarray  # (3,) of the source's train images
    std: np.ndarray  # (3,)
    learning_rate: float


class Student(NamedTuple):
    """A student that was trained."""

    scores: dict[str, float]  # by metric: on test, after the last epoch
    loss: np.ndarray  # (epochs + 1,)
    val: np.ndarray  # (looks,) the headline on val; empty without val
    rank: np.ndarray  # (N,) int, of the right class of each image of test; ties count against it


def evaluate(context: Context, trained: Trained, config: ClassificationConfig) -> dict[str, Any]:
    """Each metric as [mean, half of the 95 % interval], and the scores of each student."""
    report, emit = context.watcher.report("evaluate"), context.watcher.emit("evaluate")
    splits = _splits(context, trained, config, within(report, 0.0, 0.3))
    device = context.models.device
    steps = [student(splits, config, seed, device, emit) for seed in range(config.n_seeds)]

    def tell(seed: int, found: Student) -> None:
        _tell(found, config, seed, emit)

    students = all_students(context, steps, tell, within(report, 0.3, 1.0))
    trained.keep(_items(splits, students))
    own = {
        **{name: known_interval([each.scores[name] for each in students]) for name in _names()},
        "students": [{"seed": seed, **each.scores} for seed, each in enumerate(students)],
    }
    return {
        "task": TASK.name,
        "n_pairs": len(splits.train.target),
        "n_seeds": config.n_seeds,
        **{name: getattr(config, name) for name in TASK.shared},
        "learning_rate": splits.learning_rate,
        "images": "exact" if splits.train.image.dtype == np.float32 else "8-bit",
        "networks": {NETWORK: own},
    }


def _items(splits: Splits, students: Sequence[Student]) -> Items:
    ranks = np.stack([each.rank for each in students])
    none = np.empty((len(students), 0), np.int32)
    number = splits.test.number
    return Items(number, none[0], (splits.n_classes, 0), {NETWORK: Ranks(ranks, none)})


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
        seen[name] = store.fetch(pixels(split, config.image_size, name, context.engine), part)
    learned = None if trained.is_source else trained.learned()
    learns = _of_split(context, _labelled(trained.split), test.classes, config, report)
    if learned is not None:
        learns = _with_learned(learns, learned, config.image_size, len(test.classes))
    rates = learned.learning_rates if learned and config.rate == "learned" else None
    return Splits(
        train=learns,
        val=_seen(seen["val"], splits["val"]) if "val" in seen else None,
        test=_seen(seen["test"], test),
        n_classes=len(test.classes),
        mean=seen["train"].mean,
        std=seen["train"].std,
        learning_rate=(rates or {}).get("student", config.learning_rate),
    )


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
    found = context.store.fetch(step, report)
    number = np.array([list(classes).index(name) for name in split.classes], dtype=np.int64)
    target = number[split.labels[found.number]]
    digest = hashlib.sha256(target.tobytes()).hexdigest()[:24]
    return Seen(f"{found.key}-{digest}", found.image, target, found.number)


def _with_learned(seen: Seen, learned: Samples, size: int, n_classes: int) -> Seen:
    """The set with the exact images and soft labels that were learned, where there are some.

    Images of another size than students see are the 8-bit ones, scaled.
    """
    image, target = seen.image, seen.target
    exact = learned.images
    if isinstance(exact, np.ndarray) and exact.shape[1:] == (3, size, size):
        image = exact.astype(np.float32)
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


def student(
    splits: Splits, config: ClassificationConfig, seed: int, device: str, emit: Emit
) -> Step[Student]:
    """Trains one student and scores it, emitting its curves."""

    def compute(scratch: Path, report: Report) -> Computed:
        return _train(splits, config, seed, device, emit)

    def read(entry: Entry) -> Student:
        scores = {name: entry.notes[name] for name in _names()}
        return Student(scores, **entry.arrays)

    inputs: dict[str, Any] = {
        "train": splits.train.key,
        "val": splits.val.key if splits.val else None,
        "test": splits.test.key,
        "scale": [splits.mean.tolist(), splits.std.tolist()],
        "config": {**config.as_json(), "n_seeds": None, "rate": None},
        "learning_rate": splits.learning_rate,
        "seed": seed,
    }
    if len(MEASURES) > 1:  # with one, keys are as they were when there was no other
        inputs["metrics"] = _names()
    return Step("classifier", 2, inputs, compute, read)


def look_epochs(epochs: int) -> list[int]:
    """The epochs at which val is looked at.

    Examples:
        >>> look_epochs(4), look_epochs(100)[:3]
        ([0, 1, 2, 3, 4], [0, 10, 20])
    """
    return sorted({round(epochs * look / (N_LOOKS - 1)) for look in range(N_LOOKS)})


def _train(
    splits: Splits, config: ClassificationConfig, seed: int, device: str, emit: Emit
) -> Computed:
    from explorer.learn.augment import CHOICES
    from explorer.learn.classifier import Classifier, Training, scale_on, train_classifier
    from explorer.learn.convnet import network_of

    start, seconds_looking = time.monotonic(), 0.0
    looks, losses, values = look_epochs(config.epochs), [], []
    measure = next(iter(MEASURES.values()))

    def on_epoch(epoch: int, loss: float, learner: Classifier) -> None:
        nonlocal seconds_looking
        losses.append(loss)
        emit("metric", {"backbone": NETWORK, "seed": seed, "epoch": epoch, "loss": loss})
        if splits.val and epoch in looks:
            before = time.monotonic()
            fits = learner.scores(splits.val.image)
            values.append(measure(fits, splits.val.target))
            seconds_looking += time.monotonic() - before
            emit("metric", _look(seed, epoch, values[-1]))

    network = network_of(config, splits.n_classes)
    image = splits.train.image
    if image.dtype == np.uint8:
        image = image.astype(np.float32) / 255
    training = Training(
        config.epochs, config.batch_size, splits.learning_rate, CHOICES[config.augmentation]
    )
    scale = scale_on(splits.mean, splits.std, device)
    learner = train_classifier(network, image, splits.train.target, scale, training, seed, on_epoch)
    seconds = time.monotonic() - start - seconds_looking
    fits = learner.scores(splits.test.image)
    scores = _measured(fits, splits.test.target)
    right = fits[np.arange(len(fits)), splits.test.target]
    rank = (~(fits < right[:, None])).sum(axis=1) - 1
    n_steps = (config.epochs + 1) * len(image)
    spent = {("train", _rate_key(config, device)): Measured(seconds, n_steps)}
    arrays = {
        "loss": np.array(losses),
        "val": np.array(values),
        "rank": rank.astype(np.int32),
    }
    return Computed(arrays, scores, spent)


def _names() -> list[str]:
    return [metric.name for metric in MEASURES]


def _measured(fits: np.ndarray, right: np.ndarray) -> dict[str, float]:
    return {metric.name: measure(fits, right) for metric, measure in MEASURES.items()}


def _look(seed: int, epoch: int, value: float) -> dict[str, Any]:
    about = {"backbone": NETWORK, "seed": seed, "epoch": epoch, "split": "val"}
    return {**about, _names()[0]: value}


def _tell(found: Student, config: ClassificationConfig, seed: int, emit: Emit) -> None:
    """Emits the curves of a student that was trained before."""
    looks = dict(zip(look_epochs(config.epochs), found.val.tolist(), strict=False))
    for epoch, loss in enumerate(found.loss.tolist()):
        emit("metric", {"backbone": NETWORK, "seed": seed, "epoch": epoch, "loss": loss})
        if epoch in looks:
            emit("metric", _look(seed, epoch, looks[epoch]))


def _rate_key(config: ClassificationConfig, device: str) -> str:
    return on(device, config.network)


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
    store, classes = context.store, context.dataset.labelled().classes
    val = context.dataset.labelled("val")
    size, engine = config.image_size, context.engine
    source = store.fetch(pixels(context.dataset.labelled(), size, "train", engine))
    seen = _seen(store.fetch(pixels(val, size, "val", engine)), val)
    rates = samples.learning_rates if config.rate == "learned" else None
    splits = Splits(
        train=Seen("", samples.images.astype(np.float32), samples.labels, np.empty(0, np.int64)),
        val=None,
        test=seen,
        n_classes=len(classes),
        mean=source.mean,
        std=source.std,
        learning_rate=(rates or {}).get("student", config.learning_rate),
    )
    quick = replace(config, epochs=max(1, config.epochs // 10))
    found = _train(splits, quick, 0, context.models.device, lambda kind, values: None)
    return dict(found.notes)


def require(context: Context, config: ClassificationConfig) -> None:
    """Raises where splits that `evaluate` needs are not here."""
    _test(context)


def scores(result: Mapping[str, Any]) -> Scores:
    """The scores in what `evaluate` returned, of the metrics that it knew."""
    return {
        network: {name: own[name] for name in _names() if name in own}
        for network, own in result["networks"].items()
    }


def cost(context: Context, config: ClassificationConfig, size: int | None) -> Costs:
    """Images of all splits, and for each set its students."""
    dataset = context.dataset
    steps: list[Step[Any]] = []
    for name in dataset.splits:
        step = pixels(dataset.labelled(name), config.image_size, name)
        (work,) = step.cost
        steps.append(replace(step, cost=(work._replace(stage="evaluate"),)))
    train = dataset.labelled()
    n = train.n_images if size is None else size * len(train.classes)
    each = (config.epochs + 1) * n
    by = _rate_key(config, context.models.device)
    students = Work("evaluate", "students", config.n_seeds, "train", by, each=each)
    return Costs(tuple(steps), (students,))


def _told(about: Mapping[str, Any]) -> str:
    """The protocol in a few words."""
    known = {name: about[name] for name in ("image_size", "width", "depth")}
    return f"{NetworkConfig(**known).network}, {about['epochs']} epochs"


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
    embeds=False,
    require=require,
    evaluate=evaluate,
    look=look,
    scores=scores,
    cost=cost,
    n_rows=lambda result: int(result["n_pairs"]),
    told=_told,
    students=lambda about: [_told(about)],
    shared=("image_size", "width", "depth", "augmentation", "epochs", "batch_size"),
    protocols={"last-epoch": "The score is that of the last epoch; test is looked at once."},
)
