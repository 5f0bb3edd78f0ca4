"""Trains students on a small labelled set and scores them on the source's held-out splits.

Students are the ConvNet of the field's benchmarks and other networks by name, and the score is that
of the last epoch, so that nothing is chosen on test, which is looked at once. Val only draws the
curve.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from explorer.config import NETWORKS, WHITENINGS, NetworkConfig
from explorer.core.retrieval import known_interval
from explorer.errors import ConfigError
from explorer.progress import within
from explorer.steps.context import Context
from explorer.steps.pixels import pixels
from explorer.store.step import Step, Work
from explorer.tasks.classification_judging import JUDGING
from explorer.tasks.classification_splits import splits_of, splits_on_the_way, test_of, white_step
from explorer.tasks.classification_students import (
    READINGS,
    REGRESSIONS,
    ClassificationConfig,
    Splits,
    Student,
    seeds_of,
)
from explorer.tasks.classification_training import (
    MEASURES,
    metric_names,
    quick_scores,
    rate_key,
    student,
    tell,
)
from explorer.tasks.items import Items, Ranks
from explorer.tasks.students import all_students
from explorer.tasks.task import Costs, Evaluation, Interval, Scores, Task, Trained
from explorer.types import Labelled, Samples

QUICK = 4
"""By which a quick student takes fewer epochs, at a higher rate."""


def evaluate(context: Context, trained: Trained, config: ClassificationConfig) -> Evaluation:
    """Each metric as [mean, half of the 95 % interval], and the scores of each student."""
    report, emit = context.watcher.report("evaluate"), context.watcher.emit("evaluate")
    splits = splits_of(context, trained, config, within(report, 0.0, 0.3))
    device = context.models.device
    every = [(name, seed) for name in config.students for seed in seeds_of(name, config)]
    steps = [student(splits, config, name, seed, device, emit) for name, seed in every]

    def tell_of(number: int, found: Student) -> None:
        tell(found, config, *every[number], emit)

    found = all_students(context, steps, tell_of, within(report, 0.3, 1.0))
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
    scores = {name: [each.scores[name] for each in students] for name in metric_names()}
    return {
        **{name: known_interval(own) for name, own in scores.items()},
        "students": [{"seed": seed, **each.scores} for seed, each in enumerate(students)],
    }


def _items(splits: Splits, students: Mapping[str, Sequence[Student]]) -> Items:
    ranks = {
        name: Ranks(np.stack([each.rank for each in own]), np.empty((len(own), 0), np.int32))
        for name, own in students.items()
    }
    none = np.empty(0, np.int32)
    return Items(splits.test.number, none, (splits.n_classes, 0), ranks)


def look(context: Context, samples: Samples, config: ClassificationConfig) -> Mapping[str, float]:
    """What one quick student of a set that is not finished scores on val.

    It takes a quarter of the epochs at four times the given rate, or at the rate that was learned
    with the set; a student that is far from done likes real images better than learned ones that
    teach more. It sees images in the size in which they are learned, whatever size they are scored
    in at last.
    """
    images, labels = samples.images, samples.labels
    if "val" not in context.dataset.splits or not isinstance(images, np.ndarray) or labels is None:
        return {}
    if (size := images.shape[-1]) != config.image_size:
        config = replace(config, image_size=size, depth=0)
    rates = samples.learning_rates if config.rate == "learned" else None
    rate = (rates or {}).get("student", QUICK * config.learning_rate)
    splits = splits_on_the_way(context, images, labels, config, rate)
    quick = replace(config, epochs=_quick_epochs(config))
    try:
        return quick_scores(splits, quick, context.models.device)
    except ConfigError:  # a set on its way need not teach anything yet
        return {}


def require(context: Context, config: ClassificationConfig) -> None:
    """Raises where splits that `evaluate` needs are not here."""
    test_of(context)


def scores(result: Evaluation) -> Scores:
    """The scores in what `evaluate` returned, of the metrics that it knew."""
    return {
        network: {name: own[name] for name in metric_names() if name in own}
        for network, own in result["networks"].items()
    }


def _quick_epochs(config: ClassificationConfig) -> int:
    return max(1, config.epochs // QUICK)


def looking(context: Context, config: ClassificationConfig) -> Sequence[Work]:
    """Of one quick student."""
    if "val" not in context.dataset.splits:
        return ()
    by = rate_key(config, NETWORKS[0], context.models.device)
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
    if white := white_step(context, config):
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
            rate_key(config, name, context.models.device),
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
    look_version=2,  # a student that is nearer to done
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
