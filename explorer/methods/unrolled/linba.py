"""LinBa: images as sums of a few that all classes share, judged by a long training with momentum.

Deng and Russakovsky, NeurIPS 2022 (princetonvisualai/RememberThePast-DatasetDistillation). A set of
n images per class has as many values as n images of its size, most of them in the shared ones, and
makes many more images. A penalty of coefficients reaches nothing in the authors' code; here it
does, unless `as_published`. Published numbers take 150 steps of a network of width 128, up to
500,000 updates, and flips and rotations.
"""

from explorer.config import AUGMENTATIONS
from explorer.errors import ConfigError
from explorer.methods.learn_types import Problem, RealImages
from explorer.methods.learned_images import STARTS, problem_of, recipe, shape_of
from explorer.methods.unrolled.unrolled import UnrolledImages, judged
from explorer.settings import setting
from explorer.steps.context import Context


class LinbaSettings(UnrolledImages):
    """Remember the past: a shared basis and its coefficients."""

    learning_rate: float = setting(
        "Learning rate", "Of shared images and coefficients; 0.1 in the paper.", default=0.1,
        above=0,
    )  # fmt: skip
    augmentation: str = setting(
        "Augmentation", "Of the set and of real images; flips and rotations in the paper.",
        choices=AUGMENTATIONS, default="none",
    )  # fmt: skip
    start: str = setting(
        "Start",
        "Shared images to begin with: `real` ones, or `noise` as in the paper.",
        default="noise",
        choices=STARTS,
    )
    basis: int = setting(
        "Shared images", "That are added up; 16 in the paper for one image per class.", default=16,
        at_least=1,
    )  # fmt: skip
    shrink: int = setting(
        "Shrink", "How many times smaller the sides of shared images are.", default=2, at_least=1,
        at_most=8,
    )  # fmt: skip
    network_steps: int = setting(
        "Steps of a network", "On parts of the set; 150 in the paper.", default=20, at_least=1
    )
    network_batch: int = setting(
        "Batch of a network", "Images of each class in a step; 32 in the paper.", default=8,
        at_least=1,
    )  # fmt: skip
    network_rate: float = setting(
        "Learning rate of a network", "0.01 in the paper.", default=0.01, above=0
    )
    network_momentum: float = setting(
        "Momentum of a network", "Of its steps.", default=0.9, at_least=0, below=1
    )
    penalty: float = setting("Penalty", "Of squared coefficients.", default=1e-4, at_least=0)
    as_published: bool = setting(
        "As published",
        "Leaves the penalty out, which reaches nothing in the authors' code by mistake.",
        default=False,
    )


def images_per_class(
    size: int, n_classes: int, channels: int, side: int, basis: int, shrink: int
) -> int:
    """Images of each class that as many values make as so many images of this side have.

    Examples:
        >>> images_per_class(1, 10, 3, 32, 16, 2)  # the paper's first
        115
    """
    budget = size * n_classes * channels * side**2
    shared = basis * channels * (-(-side // shrink)) ** 2
    return (budget - shared) // (n_classes * basis)


def check(context: Context, settings: LinbaSettings) -> None:
    """Raises where the shared images alone have too many values."""
    how = *shape_of(context, settings), settings.basis, settings.shrink
    if images_per_class(context.size, context.dataset.n_classes, *how) < 1:
        raise ConfigError(
            f"{settings.basis} shared images have more values than {context.size} images of each "
            "class; lower basis, or raise shrink or the images per class."
        )


def problem(context: Context, settings: LinbaSettings, source: RealImages) -> Problem:
    """The shared images, the coefficients, and the training that they are judged by."""
    from explorer.learn import optimise
    from explorer.learn.images import parametrisations, unrolled_sets

    how = *source.shape[:2], settings.basis, settings.shrink
    n = images_per_class(context.size, source.n_classes, *how)
    images = parametrisations.sums(source, n, settings.basis, settings.shrink, start=settings.start)
    classes = source.targets(n)

    render = unrolled_sets.at_one_rate(
        images.render, classes, settings.network_rate, settings.network_steps
    )
    rows = unrolled_sets.some_of_each(source.n_classes, n, settings.network_batch)
    objective = judged(settings, source, render, rows, momentum=settings.network_momentum)
    penalty = 0.0 if settings.as_published else settings.penalty
    rate = optimise.Rate(settings.learning_rate)
    return problem_of(
        settings,
        source,
        images,
        optimise.penalised(objective, parametrisations.COEFFICIENTS, penalty),
        rates={parametrisations.BASIS: rate, parametrisations.COEFFICIENTS: rate},
    )


def seen(context: Context, settings: LinbaSettings) -> int:
    trained = context.dataset.n_classes * settings.network_batch * settings.network_steps
    return int(settings.networks * (4 * trained + settings.real_batch))


METHOD = recipe(
    name="linba",
    label="Shared images (LinBa)",
    family="unrolled",
    about="Many images as sums of a few that all classes share, by a long training on them.",
    paper="Deng and Russakovsky, NeurIPS 2022",
    config=LinbaSettings,
    problem=problem,
    seen=seen,
    check=check,
)
