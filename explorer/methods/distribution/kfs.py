"""KFS: low-dimensional codes of each class, and small decoders that all classes share.

Lee et al., 2022 (arXiv 2208.10494). After the paper: there is no code, and the paper's sizes were
not at hand, so codes are grids of a quarter of the side and decoders are two transposed
convolutions. A set of n images per class has as many values as n images of its size, decoders
included, and shows every code in every decoder. Mean features are matched.
"""

from explorer.errors import ConfigError
from explorer.methods.distribution.matched import PartsImages, matched
from explorer.methods.learn_types import Problem, RealImages
from explorer.methods.learned_images import recipe, seen_by_class, shape_of
from explorer.settings import setting
from explorer.steps.context import Context


class KfsSettings(PartsImages):
    """Dataset condensation with latent space knowledge factorization and sharing."""

    channels: int = setting(
        "Channels",
        "Of a code; fewer where they would leave no values for codes.",
        default=4,
        at_least=1,
        at_most=64,
    )
    decoders: int = setting(
        "Decoders", "That each code is seen in.", default=2, at_least=1, at_most=20
    )


def decoder_values(channels: int, n_seen: int) -> int:
    """Numbers of a decoder from codes to images of so many channels."""
    return 16 * channels**2 + channels + (16 * channels + 1) * n_seen


def fitting(
    settings: KfsSettings, size: int, n_classes: int, n_seen: int, side: int
) -> tuple[int, int]:
    """Channels of a code, and codes of each class that have room beside decoders.

    All of them have at most as many values as so many images; no code where none has room.

    Examples:
        >>> [fitting(KfsSettings(), 1, 10, 3, side) for side in (8, 32)]
        [(4, 6), (4, 11)]
        >>> fitting(KfsSettings(), 1, 10, 1, 8)  # of grey images
        (3, 2)
    """
    budget = size * n_classes * n_seen * side**2
    for channels in range(settings.channels, 0, -1):
        left = budget - settings.decoders * decoder_values(channels, n_seen)
        if n := max(left, 0) // (n_classes * channels * (-(-side // 4)) ** 2):
            return channels, n
    return settings.channels, 0


def check(context: Context, settings: KfsSettings) -> None:
    """Raises where decoders leave no room for codes."""
    if _n_codes(context, settings) < 1:
        raise ConfigError(
            f"{settings.decoders} decoders leave no values for codes of each class; lower decoders "
            "or raise the images per class."
        )


def problem(context: Context, settings: KfsSettings, source: RealImages) -> Problem:
    """The codes, the decoders, and what their images are compared with."""
    from explorer.learn.images import latent

    channels, n = fitting(settings, context.size, source.n_classes, *source.shape[:2])
    images = latent.decoded(source, settings.start, n, settings.decoders, channels)
    return matched(settings, source, images, (latent.CODES, *latent.DECODERS))


def seen(context: Context, settings: KfsSettings) -> int:
    return seen_by_class(context, settings, _n_codes(context, settings) * settings.decoders)


def _n_codes(context: Context, settings: KfsSettings) -> int:
    shape = shape_of(context, settings)
    return fitting(settings, context.size, context.dataset.n_classes, *shape)[1]


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
