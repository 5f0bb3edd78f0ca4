"""What students of image-text pairs learn from and are scored on, as they see it."""

import hashlib
from collections.abc import Callable
from typing import NamedTuple, TypedDict

import numpy as np

from explorer.data.views import cropped
from explorer.errors import BadDataError, ConfigError
from explorer.models.fingerprint import fingerprint
from explorer.progress import Report, within
from explorer.steps.context import Context
from explorer.steps.embed import embed_texts, readable_captions
from explorer.steps.features import Features, exact_features, features, prepared
from explorer.store.step import Step
from explorer.tasks.retrieval_students import WHOLE, RetrievalConfig, Seen
from explorer.tasks.task import Trained
from explorer.types import Dataset, Pairs, Samples, Split


class SeenPairs(NamedTuple):
    """A split as students of every network see it: N images with M captions."""

    image: dict[str, np.ndarray]  # by backbone, as of `Seen`
    text: np.ndarray  # (M, D)
    image_of_caption: np.ndarray  # (M,) int64 in [0, N)
    key: str
    number: np.ndarray  # (N,) int, of the images in their split
    row: np.ndarray  # (M,) int, of the captions in their split
    similarity: np.ndarray | None = None
    contrast: str | None = None
    rates: tuple[float, float] | None = None


def seen_splits(
    context: Context, trained: Trained, config: RetrievalConfig, report: Report
) -> dict[str, SeenPairs]:
    """What is trained on as "train", the split that chooses the epoch, and "test"."""
    selection = selection_split(context.dataset, config)
    sources = {"train": _pairs(trained.split)}
    sources |= {name: context.dataset.pairs(name) for name in (selection, "test")}
    found = {}
    for place, (split, pairs) in enumerate(sources.items()):
        part = within(report, place / len(sources) / 2, (place + 1) / len(sources) / 2)
        found[split] = see(context, pairs, config, split, part)
    if config.text == "prototype" and not trained.is_source:  # whose pairs are their own
        found["train"] = _with_learned(context, found["train"], trained.learned(), config)
    if config.views:
        found["train"] = _in_views(context, sources["train"], found["train"], config, report)
    return found


def selection_split(dataset: Dataset, config: RetrievalConfig) -> str:
    """The split that the epoch is chosen on; `ConfigError` where it, or test, is not there."""
    selection = "val" if config.protocol == "honest" else "test"
    if missing := [split for split in (selection, "test") if split not in dataset.splits]:
        raise ConfigError(f"{dataset.name} has no {missing[0]} split to score on.")
    return selection


def backbones_of(context: Context, config: RetrievalConfig) -> tuple[str, ...]:
    return config.backbones or context.models.bundle.backbones


def _pairs(split: Split) -> Pairs:
    if not isinstance(split, Pairs):
        raise ConfigError("Retrieval is learned from captions, and this set has classes.")
    return split


def images_step(config: RetrievalConfig) -> Callable[..., Step[Features]]:
    """The step of what students see of images."""
    return prepared if config.student == WHOLE else features


def see(
    context: Context, pairs: Pairs, config: RetrievalConfig, what: str, report: Report
) -> SeenPairs:
    models, store, backbones = context.models, context.store, backbones_of(context, config)
    step = images_step(config)(pairs, backbones, what, models.device, context.engine)
    found = store.fetch(step, within(report, 0.0, 0.9))
    rows, image_of_caption = readable_captions(pairs, found.number)
    captions = [pairs.captions[int(m)] for m in rows]
    reading = embed_texts(captions, models, context.engine)
    text = store.fetch(reading, within(report, 0.9, 1.0))
    key = f"{found.key}-{fingerprint(models.bundle.encoder)}"
    return SeenPairs(found.image, text, image_of_caption, key, found.number, rows)


def _with_learned(
    context: Context, seen: SeenPairs, learned: Samples | None, config: RetrievalConfig
) -> SeenPairs:
    """The same pairs, with what a method learned beyond 8-bit images and words."""
    prototypes = context.models.learned_texts(learned) if learned else None
    if learned is None or prototypes is None:
        raise ConfigError("Only a distilled set has stored prototypes; choose text caption.")
    if len(prototypes) != len(seen.text):
        raise BadDataError(
            f"The set has {len(prototypes):,} prototypes but {len(seen.text):,} readable pairs; "
            "choose text caption, or distill it again."
        )
    require_width(prototypes, seen.text)
    found = seen._replace(text=prototypes, **beyond_texts(learned))
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
    context: Context, pairs: Pairs, seen: SeenPairs, config: RetrievalConfig, report: Report
) -> SeenPairs:
    """The same pairs with cropped views of their 8-bit images."""
    backbones, n = tuple(seen.image), config.views
    device, engine = context.models.device, context.engine
    steps = [
        images_step(config)(cropped(pairs, view), backbones, "cropped", device, engine)
        for view in range(n)
    ]
    found = [context.store.fetch(step, within(report, 0.5, 0.5)) for step in steps]
    image = {name: np.stack([each.image[name] for each in found]) for name in backbones}
    return seen._replace(image=image, key=f"{seen.key}-{n}-views")


def require_width(prototypes: np.ndarray, texts: np.ndarray) -> None:
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


def beyond_texts(learned: Samples) -> _Beyond:
    rates = learned.learning_rates or {}
    known = tuple(rates[side] for side in ("image", "text") if side in rates)
    return {
        "similarity": learned.similarity,
        "contrast": learned.contrast,
        "rates": known if len(known) == 2 else None,
    }


def of_backbone(context: Context, seen: SeenPairs, backbone: str, config: RetrievalConfig) -> Seen:
    """What students of one network see of it."""
    return Seen(
        network=network_of(context, backbone, config),
        key=f"{seen.key}-{fingerprint(backbone)}",
        image=seen.image[backbone],
        text=seen.text,
        image_of_caption=seen.image_of_caption,
        similarity=seen.similarity,
        contrast=seen.contrast,
        rates=seen.rates,
    )


def network_of(context: Context, backbone: str, config: RetrievalConfig) -> tuple[str, str] | None:
    """The network that is trained, where it is."""
    return (backbone, context.models.device) if config.student == WHOLE else None
