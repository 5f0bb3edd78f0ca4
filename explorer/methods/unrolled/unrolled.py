"""What the methods share that judge a set by networks trained on it: settings and the problem."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from explorer.config import AUGMENTATIONS
from explorer.methods.learn_types import Objective, Params, Problem, RealImages, Rendered
from explorer.methods.learned_images import LearnedImages, first_decay, n_learned, problem_of
from explorer.settings import setting
from explorer.steps.context import Context
from explorer.types import Samples


class UnrolledImages(LearnedImages):
    """Of images that are judged by networks trained on them."""

    steps: int = setting("Steps", "Updates of the images.", default=300, at_least=1)
    augmentation: str = setting(
        "Augmentation", "Of the set and of real images; `none` in the papers.",
        choices=AUGMENTATIONS, default="none",
    )  # fmt: skip
    real_batch: int = setting(
        "Real batch",
        "Real images of all classes that a trained network is judged by; 1,024 in DD.",
        default=400,
        at_least=1,
    )
    networks: int = setting(
        "Networks", "Trained in each step; their gradients are averaged.", default=1, at_least=1
    )


class RatedImages(UnrolledImages):
    """Of images that are learned with the rates of the steps on them."""

    learning_rate: float = setting(
        "Learning rate",
        "Of the images and the learned rates, by Adam; 0.01 in the paper.",
        default=0.02,
        above=0,
    )
    momentum: float = first_decay(0.5)
    passes: int = setting(
        "Passes", "Of a network over the set, one image of each class in a step; 3 in the paper.",
        default=3, at_least=1,
    )  # fmt: skip
    first_rate: float = setting(
        "First rate of a step", "It is learned, too; 0.02 in the paper.", default=0.02, above=0
    )
    same_start: bool = setting(
        "Same start", "Whether all networks begin with the same weights.", default=False
    )


HALVINGS = 10
"""Of the learning rates in a run of `RatedImages`."""


def seen(context: Context, settings: RatedImages) -> int:
    trained = n_learned(context) * settings.passes
    return int(settings.networks * (4 * trained + settings.real_batch))


def judged(
    settings: UnrolledImages,
    source: RealImages,
    render: Callable[[Params], Rendered],
    rows: Callable[[int, Any], Any],
    **other: Any,
) -> Objective:
    """What networks lose that were trained on a set; `other` are further fields of `Unrolling`."""
    from explorer.learn.images import unrolled_sets
    from explorer.learn.networks import augment, convnet

    how = unrolled_sets.Unrolling(
        render,
        rows,
        settings.real_batch,
        augmentation=augment.CHOICES[settings.augmentation],
        networks=settings.networks,
        **other,
    )
    return unrolled_sets.unrolling(convnet.network_of(settings, source.n_classes), source, how)


def rated(
    context: Context,
    settings: RatedImages,
    source: RealImages,
    labels: Any = None,
    label_rate: float = 0.0,
) -> Problem:
    """Images with a rate for each step on them, and with labels where some are to be learned.

    These begin as (K, C) `labels`; None where each image has its class.
    """
    from explorer.learn import rules
    from explorer.learn.images import labelled, parametrisations, unrolled_sets
    from explorer.learn.images.regression import LABELS
    from explorer.learn.networks import convnet
    from explorer.learn.optimise import Rate

    images = parametrisations.pixels(source, settings.start, context.size)
    rows = unrolled_sets.one_of_each(source.n_classes, context.size)
    network = convnet.network_of(settings, source.n_classes)
    fixed = unrolled_sets.first_weights(network, settings.seed) if settings.same_start else None
    begin_rated = unrolled_sets.with_rates(
        images.begin, settings.first_rate, context.size * settings.passes
    )
    render = unrolled_sets.rated(images.render, source.targets(context.size))
    more = {} if labels is None else {LABELS: labels}
    rates = dict.fromkeys((labelled.IMAGES, unrolled_sets.RATES), Rate(settings.learning_rate))
    return problem_of(
        settings,
        source,
        images,
        judged(settings, source, render, rows, fixed=fixed),
        begin=lambda rng: {**begin_rated(rng), **more},
        samples=lambda params: _samples(source, render(params)),
        rates={**rates, **{name: Rate(label_rate, "label_rate") for name in more}},
        rule=rules.adam(settings.momentum),
        schedule=lambda step: 0.5 ** ((step - 1) * HALVINGS // settings.steps),
    )


def _samples(source: RealImages, found: Rendered) -> Samples:
    """The set; students of any other kind than its own use no rates of its steps."""
    from explorer.learn.images.label_distillation import on_simplex

    soft = on_simplex(found.labels) if found.labels.ndim == 2 else None
    steps = {f"step {t}": rate for t, rate in enumerate(found.rates.tolist())}
    return replace(source.samples(found.images, soft), learning_rates=steps)
