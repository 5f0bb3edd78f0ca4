"""Trains students on a small set and scores them on the source's held-out splits.

`honest` chooses the epoch on val and looks at test once. `paper` looks at test eleven times and
reports the best, as the reference implementation does; the two must not share a table.
"""

import hashlib
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from explorer.config import EvaluationConfig
from explorer.core.retrieval import known_interval
from explorer.errors import BadDataError, ConfigError
from explorer.pipeline.progress import Progress, within
from explorer.pipeline.stages.embed import embed_texts
from explorer.pipeline.stages.embedded import fingerprint
from explorer.pipeline.stages.features import Features, features
from explorer.pipeline.stages.students import Exam, Score, Split, score_student
from explorer.pipeline.stages.synthesize import Emit, ignore
from explorer.pipeline.store import Store
from explorer.pipeline.studio import Studio
from explorer.types import Dataset, Pairs, Recall, Report, silent


class Trainable(NamedTuple):
    """What students are trained on."""

    pairs: Pairs
    prototypes: np.ndarray | None  # (M, D) the stored caption prototypes, where there are any


class _Seen(NamedTuple):
    features: Features
    text: np.ndarray  # (M, D)
    key: str


def evaluate(
    store: Store,
    trainable: Trainable,
    dataset: Dataset,
    studio: Studio,
    config: EvaluationConfig,
    report: Report = silent,
    emit: Emit = ignore,
) -> dict[str, Any]:
    """Scores pairs by what students learn from them.

    Args:
        store: Keeps features and finished students, so that a second call is quick.
        trainable: The pairs to learn from.
        dataset: Has the val and test splits.
        studio: Its encoder reads the captions; its bundle's backbones are the default.
        config: The protocol.
        report: Gets the progress.
        emit: Gets a "metric" per epoch and student: `loss`, and at each look `recall`.

    Returns:
        Recall in percent as [mean, half of the 95 % interval] per backbone, and raw values.
    """
    chooser = find_chooser(dataset, config)
    sources = {"train": trainable.pairs} | {n: dataset.splits[n] for n in (chooser, "test")}
    backbones = config.backbones or studio.bundle.backbones
    seen = {}
    for place, (split, pairs) in enumerate(sources.items()):
        part = within(report, place / len(sources) / 2, (place + 1) / len(sources) / 2)
        seen[split] = _see(store, pairs, studio, backbones, split, part)
    if config.text == "prototype":
        seen["train"] = _with_prototypes(seen["train"], trainable)
    exams = {
        backbone: Exam(*(_split(seen[split], backbone) for split in ("train", chooser, "test")))
        for backbone in backbones
    }
    scores = _score_all(store, exams, config, within(report, 0.5, 1.0), emit)
    return {
        "protocol": config.protocol,
        "text": config.text,
        "n_pairs": len(seen["train"].text),
        "n_seeds": config.n_seeds,
        "backbones": {name: _summary(each) for name, each in scores.items()},
    }


def find_chooser(dataset: Dataset, config: EvaluationConfig) -> str:
    """The split that the epoch is chosen on; `ConfigError` where it, or test, is not there."""
    chooser = "val" if config.protocol == "honest" else "test"
    if missing := [split for split in (chooser, "test") if split not in dataset.splits]:
        raise ConfigError(f"{dataset.name} has no {missing[0]} split to score on.")
    return chooser


def _score_all(
    store: Store, exams: dict[str, Exam], config: EvaluationConfig, report: Report, emit: Emit
) -> dict[str, list[Score]]:
    """Trains every student of every backbone; by the backbone's short name."""
    progress = Progress(report, "Training students", len(exams) * config.n_seeds)
    scores: dict[str, list[Score]] = {}
    for backbone, exam in exams.items():
        name = Path(backbone).name
        scores[name] = []
        for seed in range(config.n_seeds):
            scores[name].append(score_student(store, exam, config, name, seed, emit))
            progress.add()
    return scores


def _see(
    store: Store,
    pairs: Pairs,
    studio: Studio,
    backbones: tuple[str, ...],
    what: str,
    report: Report,
) -> _Seen:
    found = features(store, pairs, backbones, what, studio.device, within(report, 0.0, 0.9))
    text = embed_texts(store, found.captions, studio, within(report, 0.9, 1.0))
    return _Seen(found, text, f"{found.key}-{fingerprint(studio.bundle.encoder)}")


def _with_prototypes(seen: _Seen, trainable: Trainable) -> _Seen:
    """The same pictures, with the stored prototypes instead of the captions' embeddings."""
    prototypes = trainable.prototypes
    if prototypes is None:
        raise ConfigError("Only a distilled set has stored prototypes; choose text caption.")
    if len(prototypes) != len(seen.text):
        raise BadDataError(
            f"The set has {len(prototypes):,} prototypes but {len(seen.text):,} readable pairs; "
            "choose text caption, or distill it again."
        )
    if prototypes.shape[1] != seen.text.shape[1]:
        raise ConfigError(
            f"The set's prototypes are {prototypes.shape[1]} wide, but the bundle's encoder makes "
            f"{seen.text.shape[1]}; name the bundle that the set was made with."
        )
    digest = hashlib.sha256(prototypes.tobytes()).hexdigest()[:24]
    return seen._replace(text=prototypes, key=f"{seen.key}-{digest}")


def _split(seen: _Seen, backbone: str) -> Split:
    image = seen.features.image[backbone]
    key = f"{seen.key}-{fingerprint(backbone)}"
    return Split(key, image, seen.text, seen.features.image_of_caption)


def _summary(scores: list[Score]) -> dict[str, Any]:
    """Each recall as [mean, half of the 95 % interval] over students, and the raw values."""
    students: list[dict[str, Any]] = [
        {"seed": score.seed, "epoch": score.epoch, "mean": score.recall.mean}
        | {way: {str(k): v for k, v in by_k.items()} for way, by_k in _ways(score.recall)}
        for score in scores
    ]
    summary: dict[str, Any] = {"mean": known_interval([each["mean"] for each in students])}
    for way, by_k in _ways(scores[0].recall):
        summary[way] = {
            str(k): known_interval([each[way][str(k)] for each in students]) for k in by_k
        }
    return {**summary, "students": students}


def _ways(recall: Recall) -> list[tuple[str, dict[int, float]]]:
    return list(recall._asdict().items())
