"""CAFE: images with the mean features of the real ones in every layer, which tell their classes.

Wang et al., CVPR 2022 (kaiwang960112/CAFE). After each step the network is trained on the set until
its answers change, and a new one comes once they stand still. In the authors' code the shares of
right answers are never set back, so that each holds a tenth of the last; `as_published` does so.
Published numbers take real batches of 256, 2,000 networks, a rate of 0.1 that is halved three
times, noise to begin with and a width of 128.
"""

from explorer.methods.learn_types import Problem, RealImages
from explorer.methods.learned_images import (
    LearnedImages,
    n_learned,
    problem_of,
    recipe,
    seen_by_class,
)
from explorer.settings import setting
from explorer.steps.context import Context

HALVED = (0.6, 0.8, 0.9)
"""After these shares of the steps the learning rate is halved."""


class CafeSettings(LearnedImages):
    """Condensation by aligning features."""

    steps: int = setting("Steps", "Updates of the images.", default=200, at_least=1)
    learning_rate: float = setting(
        "Learning rate", "Of the images; 0.1 in the paper.", default=0.1, above=0
    )
    real_batch: int = setting(
        "Real batch", "Real images of each class in a step; 256 in the paper.", default=64,
        at_least=1,
    )  # fmt: skip
    last_layers: float = setting(
        "Last layers", "Weight of each of the last two.", default=1.0, at_least=0
    )
    earlier_layers: float = setting(
        "Earlier layers", "Weight of each of the others.", default=0.1, at_least=0
    )
    told: float = setting(
        "Telling classes", "Weight of telling real images by the set's features.", default=0.01,
        at_least=0,
    )  # fmt: skip
    still: float = setting(
        "Standing still",
        "A new network comes once the share of right answers varies by less.",
        default=0.04,
        at_least=0,
    )
    moved: float = setting(
        "Moving on", "The network's training is left once it varied by more.", default=0.03,
        at_least=0,
    )  # fmt: skip
    looks: int = setting(
        "Images looked at", "Real ones of each class for a share of right answers; 128 in the "
        "paper.", default=32, at_least=1,
    )  # fmt: skip
    network_rate: float = setting(
        "Learning rate of the network", "Of SGD on the set.", default=0.01, above=0
    )
    as_published: bool = setting(
        "As published",
        "Adds a share of the last share of right answers to each, as the authors' code does by "
        "mistake.",
        default=False,
    )


def problem(context: Context, settings: CafeSettings, source: RealImages) -> Problem:
    """The images, and the network whose features are aligned."""
    from explorer.learn.images import feature_alignment, parametrisations, policies
    from explorer.learn.networks import augment, convnet

    images = parametrisations.pixels(source, settings.start, context.size)
    network = convnet.network_of(settings, source.n_classes)
    groups = augment.CHOICES[settings.augmentation]
    target = source.targets(context.size)
    how = feature_alignment.Aligning(
        settings.real_batch,
        groups,
        feature_alignment.Layers(settings.last_layers, settings.earlier_layers, settings.told),
        policies.Training(256, settings.network_rate, augmentation=groups),
        settings.still,
        settings.moved,
        settings.looks,
        settings.as_published,
    )
    begin_network = feature_alignment.beginning(network, target.device)
    return problem_of(
        settings,
        source,
        images,
        feature_alignment.aligning(network, source, images.render, target, how),
        begin=lambda rng: {**images.begin(rng), **begin_network(rng)},
        schedule=lambda step: 0.5 ** sum(step > share * settings.steps for share in HALVED),
    )


def seen(context: Context, settings: CafeSettings) -> int:
    """With a dozen passes of the network's training, and a look after each."""
    return seen_by_class(context, settings, 12 * settings.looks) + 20 * n_learned(context)


METHOD = recipe(
    name="cafe",
    label="Feature alignment (CAFE)",
    family="distribution",
    about="Images with the mean features of the real ones in every layer, which tell classes.",
    paper="Wang et al., CVPR 2022",
    config=CafeSettings,
    problem=problem,
    seen=seen,
)
