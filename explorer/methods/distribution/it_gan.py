"""IT-GAN: codes of a generator whose images have the mean features of the real ones.

Zhao and Bilen, 2022 (arXiv 2204.07513). Codes begin at those of real images, which an encoder
finds, and stay near in the features of the networks that are met. After the paper, whose training
code and generator are not public: there it is BigGAN, and here a small conditional variational
autoencoder, which is trained on the data at hand and kept. The set holds its images.
"""

from typing import Any

import numpy as np

from explorer.methods.distribution.matched import PartsImages, matched
from explorer.methods.learn_types import Problem, RealImages
from explorer.methods.learned_images import pixel_step, real_images, recipe, seen_by_class
from explorer.settings import setting
from explorer.steps.context import Context
from explorer.steps.generators import GeneratorConfig, generator, generator_of
from explorer.store.step import Step


class ItGanSettings(PartsImages, GeneratorConfig):
    """Synthesizing informative training samples with a generator."""

    steps: int = setting("Steps", "Updates of the codes.", default=300, at_least=1)
    near: float = setting(
        "Nearness", "How much the features of an image shall stay those of the real one.",
        default=0.01, at_least=0,
    )  # fmt: skip


def generator_step(context: Context, settings: ItGanSettings) -> Step[np.ndarray]:
    """The generator."""
    n_images, device = context.dataset.labelled().n_images, context.models.device
    key = pixel_step(context, settings).key
    return generator(key, n_images, settings, device, lambda: real_images(context, settings))


def steps(context: Context, settings: ItGanSettings) -> list[Step[Any]]:
    return [pixel_step(context, settings), generator_step(context, settings)]


def problem(context: Context, settings: ItGanSettings, source: RealImages) -> Problem:
    """The codes, and what their images are compared with."""
    report = context.watcher.report("generator")
    weights = context.store.fetch(generator_step(context, settings), report)
    from explorer.learn.images import latent

    own = generator_of(settings, source.n_classes)
    images = latent.generated(own, weights, source, settings.start, context.size)
    return matched(
        settings,
        source,
        images,
        (latent.CODES,),
        further=latent.staying_near(images.render, settings.near),
    )


METHOD = recipe(
    name="it-gan",
    label="Codes of a generator (IT-GAN)",
    family="distribution",
    about="Images of a generator by codes whose mean features are those of the real ones.",
    paper="Zhao and Bilen, 2022 (arXiv 2204.07513)",
    config=ItGanSettings,
    problem=problem,
    seen=lambda context, settings: seen_by_class(context, settings, 4 * context.size),
    steps=steps,
    stages=("pixels", "generator", "synthesize"),
)
