"""Trains students on a small set and scores them on the source's held-out splits.

`honest` chooses the epoch on val and looks at test once. `paper` looks at test eleven times and
reports the best, as the reference implementation does; the two must not share a table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypedDict

import numpy as np

from explorer.core.retrieval import known_interval
from explorer.models.fingerprint import fingerprint
from explorer.models.parts import require_backbones, require_encoder
from explorer.progress import Emit, Report, silent, within
from explorer.steps.context import Context
from explorer.steps.features import encode
from explorer.store.rates import on
from explorer.store.step import Step, Work
from explorer.tasks.items import Items, Ranks, ignore
from explorer.tasks.retrieval_judging import JUDGING
from explorer.tasks.retrieval_splits import (
    SeenPairs,
    backbones_of,
    beyond_texts,
    images_step,
    network_of,
    of_backbone,
    require_width,
    see,
    seen_splits,
    selection_split,
)
from explorer.tasks.retrieval_students import (
    METRICS,
    WHOLE,
    RetrievalConfig,
    Score,
    Seen,
    Splits,
    Student,
    look_at,
    looking_work,
    rate_name,
    student,
    tell_student,
    training_work,
)
from explorer.tasks.students import all_students
from explorer.tasks.task import Costs, Evaluation, Interval, Scores, Task, Trained
from explorer.types import Pairs, Samples


def evaluate(context: Context, trained: Trained, config: RetrievalConfig) -> Evaluation:
    """Recall in percent as [mean, half of the 95 % interval] per backbone, and raw values."""
    report, emit = context.watcher.report("evaluate"), context.watcher.emit("evaluate")
    seen = seen_splits(context, trained, config, report)
    splits = [seen[each] for each in ("train", selection_split(context.dataset, config), "test")]
    splits_of = {
        backbone: Splits(*(of_backbone(context, each, backbone, config) for each in splits))
        for backbone in backbones_of(context, config)
    }
    keeps = trained.keep is not ignore
    students = _train_all(context, splits_of, config, within(report, 0.5, 1.0), emit, keeps)
    scores = {name: [found.score for found in own] for name, own in students.items()}
    if keeps:
        trained.keep(_items(seen["test"], students))
    return {
        "task": TASK.name,
        "protocol": config.protocol,
        "text": "caption" if trained.is_source else config.text,
        "student": config.student,
        **({"views": config.views} if config.views else {}),
        "n_pairs": len(seen["train"].text),
        "n_seeds": config.n_seeds,
        "backbones": {name: _summary(each) for name, each in scores.items()},
    }


def require(context: Context, config: RetrievalConfig) -> None:
    """Raises where models or splits that `evaluate` needs are not here."""
    require_encoder(context.models.bundle)
    require_backbones(backbones_of(context, config))
    selection_split(context.dataset, config)


def _items(test: SeenPairs, students: Mapping[str, Sequence[Student]]) -> Items:
    ranks = {}
    for name, own in students.items():
        kept = [each.ranks for each in own if each.ranks]
        ranks[name] = Ranks(*(np.stack(side) for side in zip(*kept, strict=True)))
    return Items(test.number, test.row, (len(test.row), len(test.number)), ranks)


def _train_all(
    context: Context,
    splits_of: dict[str, Splits],
    config: RetrievalConfig,
    report: Report,
    emit: Emit,
    keeps_ranks: bool,
) -> dict[str, list[Student]]:
    """Trains every student of every backbone; by the backbone's short name."""
    names = [Path(backbone).name for backbone in splits_of]
    about = [(name, seed) for name in names for seed in range(config.n_seeds)]
    steps = [
        student(splits, config, name, seed, emit, keeps_ranks)
        for name, splits in zip(names, splits_of.values(), strict=True)
        for seed in range(config.n_seeds)
    ]

    def tell(number: int, found: Student) -> None:
        tell_student(found, config, *about[number], emit)

    students = all_students(context, steps, tell, report)
    rows = [slice(place, place + config.n_seeds) for place in range(0, len(about), config.n_seeds)]
    return {name: students[own] for name, own in zip(names, rows, strict=True)}


def look(context: Context, samples: Samples, config: RetrievalConfig) -> Mapping[str, float]:
    """What one student of a set that is not finished scores on val, by the first network."""
    texts, images = samples.texts, samples.images
    if "val" not in context.dataset.splits or not isinstance(images, np.ndarray) or not texts:
        return {}
    backbone = backbones_of(context, config)[0]
    config = replace(config, backbones=(backbone,))
    val = see(context, context.dataset.pairs("val"), config, "val", silent)
    numbers, device = np.arange(len(images)), context.models.device
    image = images if config.student == WHOLE else encode(images, backbone, device)
    network = network_of(context, backbone, config)
    read = context.models.learned_texts(samples) if config.text == "prototype" else None
    if read is not None:
        require_width(read, val.text)
        train = Seen("", image, read, numbers, **beyond_texts(samples), network=network)
    else:
        text = context.models.encoder.embed_captions(list(texts))
        train = Seen("", image, text, numbers, network=network)
    return look_at(train, of_backbone(context, val, backbone, config), config)


class _StudentScores(TypedDict):
    """Recall of one student in percent, by how many answers are looked at."""

    seed: int
    epoch: int  # that was chosen
    mean: float
    image_to_text: dict[str, float]
    text_to_image: dict[str, float]


class _NetworkScores(TypedDict):
    """The same over all students of a network, and each of them."""

    mean: Interval
    image_to_text: dict[str, Interval]
    text_to_image: dict[str, Interval]
    students: list[_StudentScores]


def _summary(scores: Sequence[Score]) -> _NetworkScores:
    students: list[_StudentScores] = [
        {
            "seed": score.seed,
            "epoch": score.epoch,
            "mean": score.recall.mean,
            "image_to_text": {str(k): v for k, v in score.recall.image_to_text.items()},
            "text_to_image": {str(k): v for k, v in score.recall.text_to_image.items()},
        }
        for score in scores
    ]
    return {
        "mean": known_interval([each["mean"] for each in students]),
        "image_to_text": _intervals([each["image_to_text"] for each in students]),
        "text_to_image": _intervals([each["text_to_image"] for each in students]),
        "students": students,
    }


def _intervals(of_students: Sequence[Mapping[str, float]]) -> dict[str, Interval]:
    return {k: known_interval([each[k] for each in of_students]) for k in of_students[0]}


def scores(result: Evaluation) -> Scores:
    """The scores in what `evaluate` returned: {network: {metric: [mean, half]}}."""
    return {
        network: {
            "recall": own["mean"],
            **{
                f"{short}@{k}": each
                for short, way in (("tr", "image_to_text"), ("ir", "text_to_image"))
                for k, each in own.get(way, {}).items()
            },
        }
        for network, own in result["backbones"].items()
    }


def cost(context: Context, config: RetrievalConfig, size: int | None) -> Costs:
    """Features of what is scored on, and for each set its images and its students."""
    models, dataset, backbones = context.models, context.dataset, backbones_of(context, config)
    selection = selection_split(dataset, config)
    splits = [dataset.pairs(name) for name in dict.fromkeys((selection, "test"))]
    splits += [dataset.pairs()] if size is None else []
    steps: list[Step[Any]] = []
    for split in splits:
        step = images_step(config)(split, backbones, "", models.device)
        by = on(models.device, fingerprint(models.bundle.encoder))
        reading = Work("evaluate", "captions to read", split.n_captions, "read", by)
        steps.append(replace(step, cost=(*step.cost, reading)))
    work = []
    if size is not None:
        (seeing,) = images_step(config)(dataset.pairs(), backbones, "", models.device).cost
        work.append(seeing._replace(n=size * (1 + config.views)))
    held_out = dataset.pairs(selection)
    n_scores = looking_work(held_out.n_images, held_out.n_captions, config)
    for backbone in backbones:
        name = Path(backbone).name
        each = training_work(size or context.n_rows, config)
        by = rate_name(name, config, models.device)
        students = Work("evaluate", "students", config.n_seeds, "train", by, each=each)
        looks = Work("evaluate", "", config.n_seeds, "look", by, each=n_scores)
        work += [students, looks]
    return Costs(tuple(steps), tuple(work))


def looking(context: Context, config: RetrievalConfig) -> Sequence[Work]:
    """Of one student by the first network, with its score on val."""
    if "val" not in context.dataset.splits:
        return ()
    device, val = context.models.device, context.dataset.pairs("val")
    by = rate_name(Path(backbones_of(context, config)[0]).name, config, device)
    n_scores = val.n_images * (1 if config.student == WHOLE else val.n_captions)
    return (
        Work(
            "synthesize", "looks at val", 1, "train", by, each=training_work(context.size, config)
        ),
        Work("synthesize", "", 1, "look", by, each=n_scores),
    )


def _told(about: Mapping[str, Any]) -> str:
    """The protocol in a few words; earlier versions knew one kind of student."""
    student = about.get("student", "projection")
    views = f", {about['views']} views" if about.get("views") else ""
    return f"protocol {about['protocol']}, text {about['text']}, student {student}{views}"


def _students(about: Mapping[str, Any]) -> list[str]:
    named = {"heads": ["two heads"], WHOLE: ["whole networks"]}.get(about["student"], [])
    views = [f"{about['views']} cropped views"] if about.get("views") else []
    return [f"text {about['text']}", *named, *views]


TASK = Task(
    name="retrieval",
    label="Image-text retrieval",
    unit="pairs",
    size_name="n_prototypes",
    usual_size=100,
    usual_sizes=(20, 50, 100),
    kind=Pairs,
    metrics=METRICS,
    config=RetrievalConfig,
    require=require,
    evaluate=evaluate,
    look=look,
    looking=looking,
    scores=scores,
    cost=cost,
    n_rows=lambda result: int(result["n_pairs"]),
    told=_told,
    students=_students,
    judging=JUDGING,
    shared=("protocol", "text", "student"),
    protocols={
        "honest": "Honest protocol: the epoch is chosen on val, test is looked at once.",
        "paper": "Paper protocol: the best of eleven looks at test, as published numbers are made.",
    },
)
