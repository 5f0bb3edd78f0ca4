"""What DC and its variants share: settings, the schedule by size, and the problem."""

from collections.abc import Callable
from typing import Any

from explorer.methods.learn_types import Epochs, Problem, RealImages
from explorer.methods.learned_images import LearnedImages, problem_of, seen_by_class
from explorer.settings import setting
from explorer.steps.context import Context

PUBLISHED = {1: (1, 1), 10: (10, 50), 20: (20, 25), 30: (30, 20), 40: (40, 15), 50: (50, 10)}
"""By images per class: updates of the images per network, and its passes between two of them."""


class GradientImages(LearnedImages):
    """Of a method that matches gradients of networks trained on the set meanwhile."""

    steps: int = setting("Steps", "Updates of the images.", default=200, at_least=1)
    learning_rate: float = setting(
        "Learning rate", "Of the images; 0.1 in the paper.", default=0.1, above=0
    )
    real_batch: int = setting(
        "Real batch",
        "Real images of each class that a step is compared with; 256 in the paper.",
        default=64,
        at_least=1,
    )
    updates: int = setting(
        "Updates per network",
        "Steps that meet one network before a new one; 0 for the paper's number at this size.",
        default=0,
        at_least=0,
    )
    network_epochs: int = setting(
        "Epochs of the network",
        "Its passes over the set between two steps; 0 for the paper's number at this size.",
        default=0,
        at_least=0,
    )
    network_rate: float = setting(
        "Learning rate of the network", "Of SGD on the set.", default=0.01, above=0
    )
    network_batch: int = setting(
        "Batch of the network", "Images of the set in a step.", default=256, at_least=1
    )


def schedule(size: int) -> tuple[int, int]:
    """Updates per network and passes between two, as published or, for other sizes, between.

    Examples:
        >>> schedule(10), schedule(5)
        ((10, 50), (5, 100))
    """
    return PUBLISHED.get(size, (size, max(1, 500 // size)))


def updates_of(context: Context, settings: GradientImages) -> int:
    return settings.updates or schedule(context.size)[0]


def seen(context: Context, settings: GradientImages) -> int:
    return seen_by_class(context, settings, context.size)


def matched(
    context: Context,
    settings: GradientImages,
    source: RealImages,
    distance: str,
    *,
    network_momentum: float = 0.0,
    epochs: "Callable[[int], int] | None" = None,
    **compared: Any,
) -> Problem:
    """Pixels whose gradients are matched in networks that are trained on the set.

    `distance` is one of `gradient_matching.DISTANCES`, and `compared` are further fields of its
    `Matching`. `epochs` are the network's passes by how many steps have met it; None for those of
    the settings.
    """
    from explorer.learn.images import gradient_matching, parametrisations, policies
    from explorer.learn.networks import augment, convnet

    images = parametrisations.pixels(source, settings.start, context.size)
    network = convnet.network_of(settings, source.n_classes)
    groups = augment.CHOICES[settings.augmentation]
    training = policies.Training(
        settings.network_batch,
        settings.network_rate,
        network_momentum,
        augmentation=groups,
    )
    usual = settings.network_epochs or schedule(context.size)[1]
    passes: Epochs = epochs or (lambda turn: usual)
    policy = policies.trained_on_set(
        network,
        updates_of(context, settings),
        images.render,
        source.targets(context.size),
        training,
        passes,
    )

    def call_for_both(rng: Any) -> Any:
        return augment.draw(rng, groups)

    how = gradient_matching.Matching(
        settings.real_batch,
        gradient_matching.DISTANCES[distance],
        call_for_both,
        **compared,
    )
    return problem_of(
        settings,
        source,
        images,
        gradient_matching.matching(network, source, images.render, policy, how),
        begin=lambda rng: {**images.begin(rng), **policy.begin(rng)},
    )
