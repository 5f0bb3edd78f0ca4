"""What a referee asks of sets of image-caption pairs."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from explorer.errors import ConfigError
from explorer.steps.context import Context
from explorer.steps.embed import embed
from explorer.tasks.retrieval_students import RetrievalConfig
from explorer.tasks.task import Evaluation, Judging, Readings
from explorer.types import Samples, Split


def _readings(config: RetrievalConfig) -> Readings:
    opened = replace(config, text="caption", views=0)
    otherwise = replace(opened, views=config.views) if config.views else None
    return Readings(replace(opened, text="prototype"), opened, otherwise)


def _students(result: Evaluation) -> Mapping[str, list[float]]:
    own = {name: each["students"] for name, each in result["backbones"].items()}
    return {name: [float(s["mean"]) for s in each] for name, each in own.items()}


def _has_more(context: Context, learned: Samples) -> bool:
    try:
        texts = context.models.learned_texts(learned)
    except ConfigError:  # they are of another encoder
        return False
    width = context.embedded().caption.shape[1]
    return texts is not None and texts.shape[1] == width


def _of_split(context: Context, config: RetrievalConfig, split: str) -> np.ndarray:
    models = context.models
    step = embed(
        context.dataset.pairs(split), models.bundle, models.device, context.engine, context.store
    )
    return np.asarray(context.store.fetch(step, context.watcher.report("evaluate")).image)


def _of_set(context: Context, config: RetrievalConfig, split: Split) -> np.ndarray:
    return context.models.embed_images([split.open_image(i) for i in range(split.n_images)])


def _learned_through(context: Context, settings: Mapping[str, Any]) -> str | None:
    own = settings.get("settings")
    if not isinstance(own, Mapping) or "network" not in own:
        return None
    return Path(str(own["network"] or context.models.bundle.backbones[0])).name


JUDGING = Judging(
    noun="pairs",
    usual={"student": "heads"},  # through which methods that learn pairs do it
    readings=_readings,
    students=_students,
    has_more=_has_more,
    size=lambda settings, n_rows, n_classes: n_rows,
    rows_of=_of_split,
    rows_of_set=_of_set,
    learned_through=_learned_through,
)
