"""What IDC and Acc-DD share: images of several smaller ones, and networks trained on real ones."""

from collections.abc import Callable
from typing import Any

from explorer.methods.learn_types import Problem, RealImages
from explorer.methods.learned_images import LearnedImages, problem_of, seen_by_class
from explorer.settings import setting
from explorer.steps.context import Context

COMPARED = ("squared", "absolute", "rows")
"""Distances of gradients, as `learn.gradient_matching` knows them."""
MOST = 128  # smaller images of each class in a step
MATCHED = ("color", "crop", "cutout")  # groups of the augmentation of matched images


class FormationImages(LearnedImages):
    """Of images that hold several smaller ones."""

    steps: int = setting("Steps", "Updates of the images.", default=200, at_least=1)
    factor: int = setting(
        "Factor",
        "Smaller images along each side of an image: the set holds factor x factor times as many, "
        "of the same number of values.",
        default=2,
        at_least=1,
        at_most=4,
    )
    learning_rate: float = setting(
        "Learning rate",
        "Of the images, whose levels lie between 0 and 1; 0.005 in the paper for `squared`.",
        default=0.005,
        above=0,
    )
    distance: str = setting(
        "Distance",
        "Between gradients of kernels: in the paper `squared` for colours, `absolute` for digits.",
        default="squared",
        choices=COMPARED,
    )
    real_batch: int = setting(
        "Real batch", "Real images of each class that a step is compared with.", default=64,
        at_least=1,
    )  # fmt: skip
    updates: int = setting(
        "Updates per network",
        "Steps that meet one network before a new one; 100 in the paper.",
        default=20,
        at_least=1,
    )
    network_images: int = setting(
        "Images of the network",
        "Real images that it is trained on between two steps; 2,000 in the paper for CIFAR-10.",
        default=256,
        at_least=1,
    )
    network_rate: float = setting(
        "Learning rate of the network", "Of its SGD with momentum 0.9.", default=0.01, above=0
    )
    mixed: float = setting(
        "Mixed batches", "Share of the network's batches that CutMix mixes.", default=0.5,
        at_least=0, at_most=1,
    )  # fmt: skip


def seen(context: Context, settings: Any) -> int:
    learned = min(context.size * settings.factor**2, MOST)
    return seen_by_class(context, settings, learned) + int(settings.network_images)


def formed(
    context: Context,
    settings: FormationImages,
    source: RealImages,
    fresh: "Callable[..., Any] | None",
) -> Problem:
    """Images of smaller ones whose gradients are matched; `fresh` draws new networks."""
    from explorer.learn.images import gradient_matching, parametrisations, policies
    from explorer.learn.networks import augment, convnet

    images = parametrisations.formation(source, settings.start, context.size, settings.factor)
    network = convnet.network_of(settings, source.n_classes)
    groups = () if settings.augmentation == "none" else MATCHED
    training = policies.Training(
        64,
        settings.network_rate,
        momentum=0.9,
        weight_decay=5e-4,
        augmentation=augment.CHOICES[settings.augmentation],
        mixed=settings.mixed,
    )
    n = min(settings.network_images, len(source.labels))
    policy = policies.trained_on_real(network, settings.updates, source, n, training, fresh)
    how = gradient_matching.Matching(
        settings.real_batch,
        gradient_matching.DISTANCES[settings.distance],
        lambda rng: augment.draw_most(rng, groups),
        kept=gradient_matching.convolutions,
        most=MOST,
    )
    return problem_of(
        settings,
        source,
        images,
        gradient_matching.matching(network, source, images.render, policy, how),
        begin=lambda rng: {**images.begin(rng), **policy.begin(rng)},
    )
