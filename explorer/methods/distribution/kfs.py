"""KFS: low-dimensional codes of each class, and small decoders that all classes share.

Lee et al., 2022 (arXiv 2208.10494). After the paper: there is no code, and the paper's sizes were
not at hand, so codes are grids of a quarter of the side and decoders are two transposed
convolutions. A set of n images per class has as many values as n images of its size, decoders
included, and shows every code in every decoder. Mean features are matched.
"""

from explorer.errors import ConfigError
from explorer.methods.distribution.matched import PartsImages, matched
from explorer.methods.learn_types import Problem, RealImages
from explorer.methods.learned_images import recipe, seen_by_class
from explorer.settings import setting
from explorer.steps.context import Context


class KfsSettings(PartsImages):
    """Dataset condensation with latent space knowledge factorization and sharing."""

    channels: int = setting("Channels", "Of a code.", default=4, at_least=1, at_most=64)
    decoders: int = setting(
        "Decoders", "That each code is seen in.", default=2, at_least=1, at_most=20
    )


def decoder_values(channels: int) -> int:
    """Numbers of a decoder."""
    return 16 * channels**2 + 49 * channels + 3


def codes_per_class(settings: KfsSettings, size: int, n_classes: int, side: int) -> int:
    """Codes of each class that fit in as many values as so many images have, beside decoders.

    Examples:
        >>> codes_per_class(KfsSettings(), 1, 10, 8), codes_per_class(KfsSettings(), 1, 10, 32)
        (6, 11)
    """
    of_decoders = settings.decoders * decoder_values(settings.channels)
    left = size * n_classes * 3 * side**2 - of_decoders
    return left // (n_classes * settings.channels * (-(-side // 4)) ** 2)


def check(context: Context, settings: KfsSettings) -> None:
    """Raises where decoders leave no room for codes."""
    side = settings.image_size or context.dataset.labelled().side
    if codes_per_class(settings, context.size, context.dataset.n_classes, side) < 1:
        raise ConfigError(
            f"{settings.decoders} decoders leave no values for codes of each class; lower decoders "
            "or channels, or raise the images per class."
        )


def problem(context: Context, settings: KfsSettings, source: RealImages) -> Problem:
    """The codes, the decoders, and what their images are compared with."""
    from explorer.learn.images import latent

    n = codes_per_class(settings, context.size, source.n_classes, source.shape[-1])
    images = latent.decoded(source, settings.start, n, settings.decoders, settings.channels)
    return matched(settings, source, images, (latent.CODES, *latent.DECODERS))


def seen(context: Context, settings: KfsSettings) -> int:
    side = settings.image_size or context.dataset.labelled().side
    n = codes_per_class(settings, context.size, context.dataset.n_classes, side)
    return seen_by_class(context, settings, n * settings.decoders)


METHOD = recipe(
    name="kfs",
    label="Codes and shared decoders (KFS)",
    family="distribution",
    about="Many images as small codes in a few decoders that all classes share.",
    paper="Lee et al., 2022 (arXiv 2208.10494)",
    config=KfsSettings,
    problem=problem,
    seen=seen,
    check=check,
)
