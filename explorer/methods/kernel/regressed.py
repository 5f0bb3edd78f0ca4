"""What the methods share whose sets are read by a regression: settings, targets and the problem."""

from collections.abc import Callable
from typing import Any

from explorer.methods.learn_types import (
    Kernel,
    Objective,
    Parametrisation,
    Problem,
    RealImages,
    Rule,
)
from explorer.methods.learned_images import LearnedImages, first_decay, n_learned, problem_of
from explorer.settings import setting
from explorer.steps.context import Context


class RegressedImages(LearnedImages):
    """Of images that a kernel regression reads."""

    steps: int = setting("Steps", "Updates of the images.", default=300, at_least=1)
    learning_rate: float = setting(
        "Learning rate", "Of the images, by Adam; 0.04 in KIP.", default=0.04, above=0
    )
    momentum: float = first_decay()
    real_batch: int = setting(
        "Real batch",
        "Real images of all classes that a step predicts; 5,000 in KIP, 1,024 in FRePo.",
        default=400,
        at_least=1,
    )
    learn_labels: bool = setting(
        "Learn labels", "Whether soft labels are learned with the images.", default=False
    )
    label_rate: float = setting(
        "Learning rate of labels", "Where they are learned.", default=0.004, above=0
    )
    ridge: float = setting(
        "Regularisation", "Of the regression, times the mean of the kernel's diagonal.",
        default=1e-6, above=0,
    )  # fmt: skip


def seen(context: Context, settings: Any) -> int:
    return int(settings.real_batch + n_learned(context))


def targets(context: Context, source: RealImages) -> Any:
    """(K, C) centred targets of the set."""
    from explorer.learn.images.regression import centred

    return centred(source.targets(context.size), source.n_classes)


def by_kernel(
    context: Context, settings: RegressedImages, source: RealImages, kernel: Kernel
) -> Problem:
    """The images, read in each step by the kernel of an infinitely wide network."""
    from explorer.learn import rules
    from explorer.learn.images import parametrisations, regression

    images = parametrisations.pixels(source, settings.start, context.size)
    fixed = targets(context, source)
    read = regression.Read(source, images.render, fixed, settings.real_batch, settings.ridge)
    objective, rule = regression.closed(kernel, read), rules.adam(settings.momentum)
    return regressed(settings, source, images, objective, fixed, rule)


def regressed(
    settings: RegressedImages,
    source: RealImages,
    images: Parametrisation,
    objective: Objective,
    labels: Any,
    rule: Rule,
    *,
    begin_more: Callable[[Any], Any] = lambda rng: {},
    **other: Any,
) -> Problem:
    """Images that an objective reads, and their labels where these are learned.

    Those begin as (K, C) `labels`, and `begin_more` draws what else is learned or carried. `other`
    are further fields of `Problem`; its `rates` stand beside those of images and labels.
    """
    from explorer.learn.images.labelled import IMAGES
    from explorer.learn.images.regression import LABELS, shares
    from explorer.learn.optimise import Rate

    more = {LABELS: labels} if settings.learn_labels else {}
    rates = {
        IMAGES: Rate(settings.learning_rate),
        LABELS: Rate(settings.label_rate, "label_rate"),
        **other.pop("rates", {}),
    }
    return problem_of(
        settings,
        source,
        images,
        objective,
        begin=lambda rng: {**images.begin(rng), **more, **begin_more(rng)},
        samples=lambda params: source.samples(
            images.render(params), shares(params[LABELS]) if more else None
        ),
        rates=rates,
        rule=rule,
        **other,
    )
