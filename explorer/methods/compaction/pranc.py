"""PRANC: images as sums of random ones that a seed alone makes again.

Nooralinejad et al., ICCV 2023 (UCDvision/PRANC), where the weights of a network are such sums; here
images are, which is after the paper. A set of n images per class has as many values as n images of
its size, all of them coefficients, and makes more images. Mean features are matched.
"""

from math import prod

from explorer.errors import ConfigError
from explorer.methods.distribution.matched import PartsImages, matched
from explorer.methods.learn_types import Problem, RealImages
from explorer.methods.learned_images import recipe, seen_by_class, values_of
from explorer.settings import setting
from explorer.steps.context import Context


class PrancSettings(PartsImages):
    """Pseudo random networks for compacting deep models, for images."""

    coefficients: int = setting(
        "Coefficients", "Random images that are added up for each; 0 for a quarter of its values.",
        default=0, at_least=0,
    )  # fmt: skip


def n_added(settings: PrancSettings, n_values: int) -> int:
    return settings.coefficients or n_values // 4


def check(context: Context, settings: PrancSettings) -> None:
    """Raises where an image has more coefficients than values."""
    n_values = values_of(context, settings)
    if n_added(settings, n_values) > n_values:
        raise ConfigError(f"An image has {n_values:,} values; coefficients may not be more.")


def problem(context: Context, settings: PrancSettings, source: RealImages) -> Problem:
    """The coefficients, and what their images are compared with."""
    from explorer.learn.images import parametrisations

    n_values = prod(source.shape)
    n_basis = n_added(settings, n_values)
    fixed = parametrisations.random_basis(source, n_basis, settings.seed)
    n = context.size * n_values // n_basis
    images = parametrisations.sums(source, n, n_basis, 1, fixed, settings.start)
    return matched(settings, source, images, (parametrisations.COEFFICIENTS,))


def seen(context: Context, settings: PrancSettings) -> int:
    n_values = values_of(context, settings)
    return seen_by_class(context, settings, context.size * n_values // n_added(settings, n_values))


METHOD = recipe(
    name="pranc",
    label="Sums of random images (PRANC)",
    family="compaction",
    about="Many images as sums of random ones that a seed alone makes again.",
    paper="Nooralinejad et al., ICCV 2023",
    config=PrancSettings,
    problem=problem,
    seen=seen,
    check=check,
)
