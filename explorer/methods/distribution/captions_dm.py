"""DM with captions and masks: features match beside their captions', and those of the things alone.

Li, Reynaud and Kainz, 2025 (arXiv 2505.08605). After the paper: there is no code to compare with,
and of the paper itself no more than its summary was at hand. From it are two ideas: features of
captions are fused with those of images, and features of masked images are aligned. How, and all
numbers, are decisions here (`learn/images/guided.py`). The paper also matches captions of learned
images, and gradients of masked ones; both are left out. Its students may read captions; ours see
images alone, so a set holds no more than those of `dm`.
"""

from typing import Any

import numpy as np

from explorer.errors import BadDataError, ConfigError
from explorer.methods import learned_images
from explorer.methods.learn_types import Problem, RealImages
from explorer.methods.learned_images import (
    LearnedImages,
    pixel_step,
    problem_of,
    recipe,
    seen_by_class,
)
from explorer.models.parts import require_encoder
from explorer.settings import setting
from explorer.steps.context import Context
from explorer.steps.embed import embed_texts
from explorer.steps.pixels import Pixels, pixels
from explorer.store.step import Step
from explorer.types import Labelled


class CaptionsDmSettings(LearnedImages):
    """Distribution matching guided by captions and masks."""

    real_batch: int = setting(
        "Real batch", "Real images of each class that a step is compared with.", default=64,
        at_least=1,
    )  # fmt: skip
    caption_weight: float = setting(
        "Weight of captions",
        "Of features of images and their captions together, as a random layer sees them; 0 needs "
        "no captions.",
        default=1.0,
        at_least=0,
    )
    mask_weight: float = setting(
        "Weight of masks",
        "Of features of images in which nothing is left but the thing that names their class; 0 "
        "needs no masks.",
        default=1.0,
        at_least=0,
    )


def check(context: Context, settings: CaptionsDmSettings) -> None:
    """The data has captions and masks where they are to be heeded."""
    learned_images.check(context, settings)
    train, lacking = context.dataset.labelled(), {}
    if settings.caption_weight and train.captions is None:
        lacking["caption_weight"] = "no captions"
    if settings.mask_weight and train.masks is None:
        lacking["mask_weight"] = "no masks"
    if lacking:
        raise ConfigError(
            f"{context.dataset.name} has {' and '.join(lacking.values())} of its images: set "
            f"{' and '.join(lacking)} to 0, or choose data that has them, such as scenes:kinds."
        )
    if settings.caption_weight:
        require_encoder(context.models.bundle)


def caption_step(context: Context, train: Labelled) -> Step[np.ndarray]:
    """The features of the captions."""
    assert train.captions is not None, "checked before"
    return embed_texts(train.captions, context.models, context.engine, "captions")


def mask_step(context: Context, settings: CaptionsDmSettings, train: Labelled) -> Step[Pixels]:
    """The masks, in the size of the images."""
    assert train.masks is not None, "checked before"
    return pixels(train.masks, settings.image_size, "mask", context.engine)


def steps(context: Context, settings: CaptionsDmSettings) -> list[Step[Any]]:
    found, train = [*learned_images.steps(context, settings)], context.dataset.labelled()
    if settings.mask_weight and train.masks:
        found.append(mask_step(context, settings, train))
    if settings.caption_weight and train.captions:
        found.append(caption_step(context, train))
    return found


def problem(context: Context, settings: CaptionsDmSettings, source: RealImages) -> Problem:
    """The images, and what each step compares."""
    report = context.watcher.report("pixels")
    number = context.store.fetch(pixel_step(context, settings), report).number
    captions = _captions(context, number) if settings.caption_weight else None
    masks = _masks(context, settings, number) if settings.mask_weight else None
    from explorer.learn.images import guided
    from explorer.learn.networks import augment, convnet

    guides = guided.Guides(
        None if captions is None else guided.standardised(captions, source.scale.mean.device),
        masks,
        settings.caption_weight,
        settings.mask_weight,
    )
    return problem_of(
        settings,
        source,
        guided.pixels(source, settings.start, context.size, guides),
        guided.matching(
            convnet.network_of(settings, source.n_classes),
            source,
            settings.real_batch,
            augment.CHOICES[settings.augmentation],
            guides,
        ),
    )


def _captions(context: Context, number: np.ndarray) -> np.ndarray:
    """The features of the captions of the images with these numbers."""
    step = caption_step(context, context.dataset.labelled())
    found: np.ndarray = context.store.fetch(step, context.watcher.report("captions"))[number]
    return found


def _masks(context: Context, settings: CaptionsDmSettings, number: np.ndarray) -> np.ndarray:
    """The masks of the images with these numbers."""
    step = mask_step(context, settings, context.dataset.labelled())
    masks = context.store.fetch(step, context.watcher.report("pixels"))
    masks = masks.seen_in(settings.n_channels)
    if missing := len(np.setdiff1d(number, masks.number)):
        raise BadDataError(f"The masks of {missing:,} images cannot be read.")
    if len(masks.number) == len(number):
        return masks.image  # which stays on the disk
    found: np.ndarray = masks.image[np.searchsorted(masks.number, number)]
    return found


def seen(context: Context, settings: CaptionsDmSettings) -> int:
    """All once more where they are masked."""
    return seen_by_class(context, settings, context.size) * (2 if settings.mask_weight else 1)


METHOD = recipe(
    name="captions-dm",
    label="Distribution matching with captions and masks",
    family="distribution",
    about="Images with the mean features of real ones beside their captions, and of their things "
    "alone; after the paper, no code.",
    paper="Li, Reynaud and Kainz, 2025 (arXiv 2505.08605)",
    config=CaptionsDmSettings,
    needs=frozenset({"encoder"}),
    reads_captions=True,
    stages=("pixels", "captions", "synthesize"),
    problem=problem,
    seen=seen,
    check=check,
    steps=steps,
)
