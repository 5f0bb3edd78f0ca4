"""What the methods share that match features of images made of parts: settings and the problem."""

from explorer.methods.learn_types import Further, Parametrisation, Problem, RealImages
from explorer.methods.learned_images import LearnedImages, first_decay, problem_of
from explorer.settings import setting


class PartsImages(LearnedImages):
    """Of images that are made of parts, and have the mean features of real ones."""

    learning_rate: float = setting(
        "Learning rate", "Of what images are made of, by Adam.", default=0.02, above=0
    )
    momentum: float = first_decay()
    real_batch: int = setting(
        "Real batch", "Real images of each class that a step is compared with.", default=64,
        at_least=1,
    )  # fmt: skip


def matched(
    settings: PartsImages,
    source: RealImages,
    images: Parametrisation,
    learned: tuple[str, ...],
    further: Further | None = None,
) -> Problem:
    """Images by their parts, the learned ones by name, whose mean features are matched."""
    from explorer.learn import rules
    from explorer.learn.images import distribution
    from explorer.learn.networks import augment, convnet
    from explorer.learn.optimise import Rate

    return problem_of(
        settings,
        source,
        images,
        distribution.matching(
            convnet.network_of(settings, source.n_classes),
            source,
            images.render,
            settings.real_batch,
            augment.CHOICES[settings.augmentation],
            further,
        ),
        rates=dict.fromkeys(learned, Rate(settings.learning_rate)),
        rule=rules.adam(settings.momentum),
    )
