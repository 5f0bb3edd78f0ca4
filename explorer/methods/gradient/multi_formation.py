"""What IDC and Acc-DD share: images of several smaller ones, and networks trained on real ones."""

from collections.abc import Callable
from typing import Any

from explorer.methods.learn_types import Problem, RealImages
from explorer.methods.learned_images import LearnedImages, problem_of, seen_by_class
from explorer.settings import setting
from explorer.steps.context import Context

COMPARED = ("squared", "absolute", "mean-absolute", "rows", "every-row")
"""Distances of gradients, as `learn.gradient_matching` knows them."""
MATCHES = ("convolutions", "gradients", "features")
"""What is compared, likewise."""
FILLS = ("nearest", "bilinear")
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
    every_scale: bool = setting(
        "Every scale",
        "Whether an image also is what smaller factors make of it, down to itself.",
        default=False,
    )
    filled: str = setting(
        "Cells filled",
        "How real images are scaled down to begin with: by leaving out pixels, as in the authors' "
        "code (`nearest`), or smoothly (`bilinear`), which is better for images of few pixels.",
        default=FILLS[0],
        choices=FILLS,
    )
    matched: str = setting(
        "Matched",
        "Gradients of convolutions, as in the paper, or of all weights; or mean features of every "
        "block.",
        default=MATCHES[0],
        choices=MATCHES,
    )
    distance: str = setting(
        "Distance",
        "Between what is matched: in the paper `squared` for colours, `absolute` for digits.",
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

    @property
    def factors(self) -> range:
        """Of the scales at which an image is shown; the last is that of its cells."""
        return range(1 if self.every_scale else self.factor, self.factor + 1)


def seen(context: Context, settings: Any) -> int:
    learned = min(context.size * sum(each**2 for each in settings.factors), MOST)
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

    images = parametrisations.formation(
        source,
        settings.start,
        context.size,
        settings.factors,
        smoothly=settings.filled == FILLS[1],
    )
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
        compared=gradient_matching.COMPARED[settings.matched],
        most=MOST,
    )
    return problem_of(
        settings,
        source,
        images,
        gradient_matching.matching(network, source, images.render, policy, how),
        begin=lambda rng: {**images.begin(rng), **policy.begin(rng)},
    )
