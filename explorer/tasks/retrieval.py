"""Trains students on a small set and scores them on the source's held-out splits.

`honest` chooses the epoch on val and looks at test once. `paper` looks at test eleven times and
reports the best, as the reference implementation does; the two must not share a table.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple, TypedDict

import numpy as np

from explorer.core.retrieval import known_interval
from explorer.data.views import cropped
from explorer.errors import BadDataError, ConfigError
from explorer.models.fingerprint import fingerprint
from explorer.models.parts import require_backbones, require_encoder
from explorer.progress import Emit, Report, silent, within
from explorer.steps.context import Context
from explorer.steps.embed import embed_texts, readable_captions
from explorer.steps.features import Features, encode, exact_features, features, prepared
from explorer.store.rates import on
from explorer.store.step import Step, Work
from explorer.tasks.items import Items, Ranks, ignore
from explorer.tasks.retrieval_judging import JUDGING
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
from explorer.types import Dataset, Pairs, Samples, Split


class _Seen(NamedTuple):
    image: dict[str, np.ndarray]  # by backbone, as of `Seen`
    text: np.ndarray  # (M, D)
    image_of_caption: np.ndarray  # (M,) int64 in [0, N)
    key: str
    number: np.ndarray  # (N,) int, of the images in their split
    row: np.ndarray  # (M,) int, of the captions in their split
    similarity: np.ndarray | None = None
    contrast: str | None = None
    rates: tuple[float, float] | None = None


def evaluate(context: Context, trained: Trained, config: RetrievalConfig) -> Evaluation:
    """Recall in percent as [mean, half of the 95 % interval] per backbone, and raw values."""
    report, emit = context.watcher.report("evaluate"), context.watcher.emit("evaluate")
    selection = selection_split(context.dataset, config)
    sources = {"train": _pairs(trained.split)}
    sources |= {name: context.dataset.pairs(name) for name in (selection, "test")}
    backbones = _backbones(context, config)
    seen = {}
    for place, (split, pairs) in enumerate(sources.items()):
        part = within(report, place / len(sources) / 2, (place + 1) / len(sources) / 2)
        seen[split] = _see(context, pairs, config, split, part)
    if config.text == "prototype" and not trained.is_source:  # whose pairs are their own
        seen["train"] = _with_learned(context, seen["train"], trained.learned(), config)
    if config.views:
        seen["train"] = _in_views(context, sources["train"], seen["train"], config, report)
    splits = [seen[split] for split in ("train", selection, "test")]
    splits_of = {
        backbone: Splits(*(_split(context, each, backbone, config) for each in splits))
        for backbone in backbones
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


def selection_split(dataset: Dataset, config: RetrievalConfig) -> str:
    """The split that the epoch is chosen on; `ConfigError` where it, or test, is not there."""
    selection = "val" if config.protocol == "honest" else "test"
    if missing := [split for split in (selection, "test") if split not in dataset.splits]:
        raise ConfigError(f"{dataset.name} has no {missing[0]} split to score on.")
    return selection


def _backbones(context: Context, config: RetrievalConfig) -> tuple[str, ...]:
    return config.backbones or context.models.bundle.backbones


def _pairs(split: Split) -> Pairs:
    if not isinstance(split, Pairs):
        raise ConfigError("Retrieval is learned from captions, and this set has classes.")
    return split


def require(context: Context, config: RetrievalConfig) -> None:
    """Raises where models or splits that `evaluate` needs are not here."""
    require_encoder(context.models.bundle)
    require_backbones(_backbones(context, config))
    selection_split(context.dataset, config)


def _items(test: _Seen, students: Mapping[str, Sequence[Student]]) -> Items:
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


def _images(config: RetrievalConfig) -> Callable[..., Step[Features]]:
    """The step of what students see of images."""
    return prepared if config.student == WHOLE else features


def _see(
    context: Context, pairs: Pairs, config: RetrievalConfig, what: str, report: Report
) -> _Seen:
    models, store, backbones = context.models, context.store, _backbones(context, config)
    step = _images(config)(pairs, backbones, what, models.device, context.engine)
    found = store.fetch(step, within(report, 0.0, 0.9))
    rows, image_of_caption = readable_captions(pairs, found.number)
    captions = [pairs.captions[int(m)] for m in rows]
    reading = embed_texts(captions, models, context.engine)
    text = store.fetch(reading, within(report, 0.9, 1.0))
    key = f"{found.key}-{fingerprint(models.bundle.encoder)}"
    return _Seen(found.image, text, image_of_caption, key, found.number, rows)


def _with_learned(
    context: Context, seen: _Seen, learned: Samples | None, config: RetrievalConfig
) -> _Seen:
    """The same pairs, with what a method learned beyond 8-bit images and words."""
    prototypes = context.models.learned_texts(learned) if learned else None
    if learned is None or prototypes is None:
        raise ConfigError("Only a distilled set has stored prototypes; choose text caption.")
    if len(prototypes) != len(seen.text):
        raise BadDataError(
            f"The set has {len(prototypes):,} prototypes but {len(seen.text):,} readable pairs; "
            "choose text caption, or distill it again."
        )
    _require_width(prototypes, seen.text)
    found = seen._replace(text=prototypes, **_beyond_texts(learned))
    digest = hashlib.sha256(prototypes.tobytes())
    if found.similarity is not None:
        digest.update(found.similarity.tobytes())
    digest.update((found.contrast or "").encode())
    if found.rates:
        digest.update(np.array(found.rates).tobytes())
    if isinstance(learned.images, np.ndarray) and config.student == WHOLE:
        digest.update(np.ascontiguousarray(learned.images).tobytes())
        found = found._replace(image=dict.fromkeys(seen.image, learned.images))
    elif isinstance(learned.images, np.ndarray):
        step = exact_features(learned.images, tuple(seen.image), context.models.device)
        found = found._replace(image=context.store.fetch(step))
        digest.update(step.key.encode())
    return found._replace(key=f"{seen.key}-{digest.hexdigest()[:24]}")


def _in_views(
    context: Context, pairs: Pairs, seen: _Seen, config: RetrievalConfig, report: Report
) -> _Seen:
    """The same pairs with cropped views of their 8-bit images."""
    backbones, n = tuple(seen.image), config.views
    device, engine = context.models.device, context.engine
    steps = [
        _images(config)(cropped(pairs, view), backbones, "cropped", device, engine)
        for view in range(n)
    ]
    found = [context.store.fetch(step, within(report, 0.5, 0.5)) for step in steps]
    image = {name: np.stack([each.image[name] for each in found]) for name in backbones}
    return seen._replace(image=image, key=f"{seen.key}-{n}-views")


def _require_width(prototypes: np.ndarray, texts: np.ndarray) -> None:
    if prototypes.shape[1] != texts.shape[1]:
        raise ConfigError(
            f"The set's prototypes are {prototypes.shape[1]} wide, but the encoder here makes "
            f"{texts.shape[1]}; choose the models that the set was made with."
        )


class _Beyond(TypedDict):
    """What a set may keep beyond images and texts, as of `Seen`."""

    similarity: np.ndarray | None
    contrast: str | None
    rates: tuple[float, float] | None


def _beyond_texts(learned: Samples) -> _Beyond:
    rates = learned.learning_rates or {}
    known = tuple(rates[side] for side in ("image", "text") if side in rates)
    return {
        "similarity": learned.similarity,
        "contrast": learned.contrast,
        "rates": known if len(known) == 2 else None,
    }


def look(context: Context, samples: Samples, config: RetrievalConfig) -> Mapping[str, float]:
    """What one student of a set that is not finished scores on val, by the first network."""
    texts, images = samples.texts, samples.images
    if "val" not in context.dataset.splits or not isinstance(images, np.ndarray) or not texts:
        return {}
    backbone = _backbones(context, config)[0]
    config = replace(config, backbones=(backbone,))
    val = _see(context, context.dataset.pairs("val"), config, "val", silent)
    numbers, device = np.arange(len(images)), context.models.device
    image = images if config.student == WHOLE else encode(images, backbone, device)
    network = _network(context, backbone, config)
    read = context.models.learned_texts(samples) if config.text == "prototype" else None
    if read is not None:
        _require_width(read, val.text)
        train = Seen("", image, read, numbers, **_beyond_texts(samples), network=network)
    else:
        text = context.models.encoder.embed_captions(list(texts))
        train = Seen("", image, text, numbers, network=network)
    return look_at(train, _split(context, val, backbone, config), config)


def _network(context: Context, backbone: str, config: RetrievalConfig) -> tuple[str, str] | None:
    """The network that is trained, where it is."""
    return (backbone, context.models.device) if config.student == WHOLE else None


def _split(context: Context, seen: _Seen, backbone: str, config: RetrievalConfig) -> Seen:
    return Seen(
        network=_network(context, backbone, config),
        key=f"{seen.key}-{fingerprint(backbone)}",
        image=seen.image[backbone],
        text=seen.text,
        image_of_caption=seen.image_of_caption,
        similarity=seen.similarity,
        contrast=seen.contrast,
        rates=seen.rates,
    )


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
    models, dataset, backbones = context.models, context.dataset, _backbones(context, config)
    selection = selection_split(dataset, config)
    splits = [dataset.pairs(name) for name in dict.fromkeys((selection, "test"))]
    splits += [dataset.pairs()] if size is None else []
    steps: list[Step[Any]] = []
    for split in splits:
        step = _images(config)(split, backbones, "", models.device)
        by = on(models.device, fingerprint(models.bundle.encoder))
        reading = Work("evaluate", "captions to read", split.n_captions, "read", by)
        steps.append(replace(step, cost=(*step.cost, reading)))
    work = []
    if size is not None:
        (seeing,) = _images(config)(dataset.pairs(), backbones, "", models.device).cost
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
    by = rate_name(Path(_backbones(context, config)[0]).name, config, device)
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
