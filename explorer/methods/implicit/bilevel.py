"""What the methods share that learn a set with a network: settings and the problem."""

from explorer.config import AUGMENTATIONS
from explorer.methods.learn_types import Inner, Problem, RealImages, Rule, Solve
from explorer.methods.learned_images import LearnedImages, n_learned, problem_of
from explorer.settings import setting
from explorer.steps.context import Context


class BilevelImages(LearnedImages):
    """Of images that are learned with a network that learns from them."""

    steps: int = setting("Steps", "Updates of the images.", default=300, at_least=1)
    augmentation: str = setting(
        "Augmentation", "Of the set and of real images; `none` in the papers.",
        choices=AUGMENTATIONS, default="none",
    )  # fmt: skip
    real_batch: int = setting(
        "Real batch", "Real images of all classes that the network is judged by.", default=400,
        at_least=1,
    )  # fmt: skip
    terms: int = setting(
        "Terms", "Of the series, or steps of conjugate gradients, for the inverse Hessian; 3 in "
        "the code.", default=5, at_least=0,
    )  # fmt: skip
    series_rate: float = setting(
        "Rate of the series", "Times every curvature it must be below 2.", default=0.1, above=0
    )
    weight_decay: float = setting(
        "Weight decay", "Of the network, so that its training has a minimum.", default=0.01,
        at_least=0,
    )  # fmt: skip
    network_steps: int = setting(
        "Steps of the network", "On the whole set, between two updates.", default=20, at_least=1
    )
    network_rate: float = setting(
        "Learning rate of the network", "Of its steps.", default=0.01, above=0
    )


def inner_of(settings: BilevelImages, rule: Rule, *, is_warm: bool) -> Inner:
    from explorer.learn.images import bilevel
    from explorer.learn.networks import augment

    return bilevel.Inner(
        settings.network_steps,
        settings.network_rate,
        rule,
        settings.weight_decay,
        is_warm,
        augment.CHOICES[settings.augmentation],
        settings.real_batch,
    )


def learned_with(
    context: Context,
    settings: BilevelImages,
    source: RealImages,
    inner: Inner,
    solve: Solve | None,
    rule: Rule,
) -> Problem:
    """Images, and the network that learns from them in every step.

    `solve` applies the inverse Hessian; None unrolls the network's steps.
    """
    from explorer.learn.images import bilevel, parametrisations
    from explorer.learn.networks import convnet

    images = parametrisations.pixels(source, settings.start, context.size)
    network = convnet.network_of(settings, source.n_classes)
    target = source.targets(context.size)
    begin_network = bilevel.beginning(network, inner, target.device)
    return problem_of(
        settings,
        source,
        images,
        bilevel.bilevel(network, source, target, inner, solve),
        begin=lambda rng: {**images.begin(rng), **begin_network(rng)},
        rule=rule,
    )


def seen(context: Context, settings: BilevelImages) -> int:
    passes = settings.network_steps + 2 * settings.terms + 3
    return n_learned(context) * passes + settings.real_batch
