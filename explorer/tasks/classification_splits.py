"""What students of labelled images learn from and are scored on, as they see it."""

import hashlib
from collections.abc import Sequence

import numpy as np

from explorer.core.whitening import Zca
from explorer.errors import ConfigError
from explorer.progress import Report, silent, within
from explorer.steps.context import Context
from explorer.steps.pixels import Pixels, pixels
from explorer.steps.whitening import whitening
from explorer.store.step import Step
from explorer.tasks.classification_students import READINGS, ClassificationConfig, Seen, Splits
from explorer.tasks.task import Trained
from explorer.types import Labelled, Samples, Split

MOST_LOOKED = 1000
"""Images of val that draw the curve of a student: a choice is never made by it."""


def splits_of(
    context: Context, trained: Trained, config: ClassificationConfig, report: Report
) -> Splits:
    """Reads the images of all splits once."""
    dataset, test = context.dataset, test_of(context)
    source = dataset.labelled()
    splits: dict[str, Labelled] = {"train": source, "test": test}
    if "val" in dataset.splits:
        splits["val"] = dataset.labelled("val")
    seen: dict[str, Pixels] = {}
    for place, (name, split) in enumerate(splits.items()):
        part = within(report, place / (len(splits) + 1), (place + 1) / (len(splits) + 1))
        seen[name] = _pixels(context, split, name, config, part)
    is_kept = not trained.is_source and config.reading == READINGS[0]
    learned = trained.learned() if is_kept else None
    learns = _of_split(context, _labelled(trained.split), test.classes, config, report)
    if learned is not None:
        learns = _with_learned(learns, learned, config, len(test.classes))
    rates = learned.learning_rates if learned and config.rate == "learned" else None
    return Splits(
        train=learns,
        val=_looked_at(_seen(seen["val"], splits["val"])) if "val" in seen else None,
        test=_seen(seen["test"], test),
        n_classes=len(test.classes),
        mean=seen["train"].mean,
        std=seen["train"].std,
        learning_rate=(rates or {}).get("student", config.learning_rate),
        white=white_of(context, config, report),
    )


def _looked_at(val: Seen) -> Seen:
    """At most `MOST_LOOKED` of the images, evenly spaced."""
    n = len(val.target)
    if n <= MOST_LOOKED:
        return val
    rows = np.linspace(0, n - 1, MOST_LOOKED).astype(np.int64)
    key = f"{val.key}-{MOST_LOOKED}"
    return Seen(key, val.image[rows], val.target[rows], val.number[rows])


def splits_on_the_way(
    context: Context,
    images: np.ndarray,
    labels: np.ndarray,
    config: ClassificationConfig,
    learning_rate: float,
) -> Splits:
    """Those of a set that is being learned, (K, 3, S, S) levels; it is scored on val."""
    train, val = context.dataset.labelled(), context.dataset.labelled("val")
    source = _pixels(context, train, "train", config, silent)
    return Splits(
        train=Seen(
            "",
            _seen_in(config.n_channels, images.astype(np.float32)),
            labels,
            np.empty(0, np.int64),
        ),
        val=None,
        test=_seen(_pixels(context, val, "val", config, silent), val),
        n_classes=len(val.classes),
        mean=source.mean,
        std=source.std,
        learning_rate=learning_rate,
        white=white_of(context, config, silent),
    )


def _pixels(
    context: Context, split: Labelled, name: str, config: ClassificationConfig, report: Report
) -> Pixels:
    """The images of a split, in the size and the channels of an evaluation."""
    step = pixels(split, config.image_size, name, context.engine)
    return context.store.fetch(step, report).seen_in(config.n_channels)


def white_of(context: Context, config: ClassificationConfig, report: Report) -> Zca | None:
    """How students see images whitened, by the images of train; None where they do not."""
    step = white_step(context, config)
    return context.store.fetch(step, report) if step else None


def white_step(context: Context, config: ClassificationConfig) -> Step[Zca] | None:
    train, size = context.dataset.labelled(), config.image_size
    own = pixels(train, size, "train", context.engine)
    channels, n = config.n_channels, train.n_images
    return whitening(own, config.whitens, size, channels, n, context.store)


def test_of(context: Context) -> Labelled:
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
    found = _pixels(context, split, "the set's", config, report)
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
