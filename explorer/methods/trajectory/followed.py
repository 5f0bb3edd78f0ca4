"""What the methods share whose students follow experts: settings, check and the problem."""

from typing import Any

from explorer.errors import ConfigError
from explorer.methods.learn_types import Following, Params, Problem, RealImages
from explorer.methods.learned_images import ExpertImages, n_learned, problem_of, trained_experts
from explorer.methods.learned_images import check as check_images
from explorer.settings import setting
from explorer.steps.context import Context
from explorer.types import Samples


class FollowedImages(ExpertImages):
    """Of images on which a student moves as experts did."""

    learning_rate: float = setting(
        "Learning rate", "Of the images; 100 or 1000 in the paper.", default=100.0, above=0
    )
    student_steps: int = setting(
        "Steps of a student", "On the set, from an expert's start; 30 or 50 in the paper.",
        default=20, at_least=1,
    )  # fmt: skip
    target_epochs: int = setting(
        "Epochs to follow", "How far ahead on the expert's way the target lies.", default=2,
        at_least=1,
    )  # fmt: skip
    latest_start: int = setting(
        "Latest start", "Epoch of the expert that a student starts from at most.", default=2,
        at_least=0,
    )  # fmt: skip
    student_batch: int = setting(
        "Batch of a student", "Images of the set in a step; 0 for all.", default=0, at_least=0
    )
    student_rate: float = setting(
        "First learning rate of a student", "It is learned, too.", default=0.01, above=0
    )
    rate_rate: float = setting(
        "Learning rate of that rate",
        "Of the student's; 1e-7 to 1e-5 in the paper.",
        default=1e-4,
        above=0,
    )


LEAST_RATE = 1e-3
"""A student's learning rate never falls below this; Liu et al., NeurIPS 2022, clip it there."""


def check(context: Context, settings: FollowedImages) -> None:
    """Raises where the experts do not go far enough, or a class is too small."""
    check_images(context, settings)
    last = settings.latest_start + settings.target_epochs
    if last > settings.expert_epochs:
        raise ConfigError(
            f"Students would follow experts to epoch {last}, but those stop at "
            f"{settings.expert_epochs}. Raise expert_epochs, or lower latest_start or "
            "target_epochs."
        )


def followed(
    context: Context,
    settings: FollowedImages,
    source: RealImages,
    *,
    truncated: bool = False,
    taught: bool = False,
    share: float = 1.0,
    average: float = 0.0,
) -> Problem:
    """The images, a student's rate, and the experts that each step follows.

    Weights are constants where gradients are `truncated`, as in TESLA; `taught` students learn what
    the target network sees in the set. `share` is that of the images' gradient, and `average` what
    a moving mean of them keeps in each step; 0 for the images themselves.
    """
    experts = trained_experts(context, settings)
    from explorer.learn.images import following, labelled, parametrisations, regression
    from explorer.learn.networks import convnet
    from explorer.learn.optimise import Rate

    how = following_of(settings, truncated=truncated, taught=taught, share=share)
    network = convnet.network_of(settings, source.n_classes)
    images = parametrisations.pixels(source, settings.start, context.size)
    begin_rated = following.with_rate(images.begin, settings.student_rate)
    objective = following.following(network, experts, source.targets(context.size), how)

    def begin(rng: Any) -> Params:
        params = begin_rated(rng)
        if average:
            params[following.AVERAGE] = params[labelled.IMAGES]
        if taught:
            one_hot = regression.centred(source.targets(context.size), source.n_classes)
            params[following.TAUGHT] = one_hot + 1 / source.n_classes
        return params

    def samples(params: Params) -> Samples:
        shown = following.mean_images(params, average) if average else images.render(params)
        return source.samples(shown, params.get(following.TAUGHT), params[following.RATE])

    return problem_of(
        settings,
        source,
        images,
        following.averaged(objective, average) if average else objective,
        begin=begin,
        samples=samples,
        rates={
            labelled.IMAGES: Rate(settings.learning_rate),
            following.RATE: Rate(settings.rate_rate, "rate_rate"),
        },
        at_least={following.RATE: LEAST_RATE},
    )


def following_of(
    settings: FollowedImages, *, truncated: bool = False, taught: bool = False, share: float = 1.0
) -> Following:
    """How students follow experts; arguments as of `followed`."""
    from explorer.learn.images import following
    from explorer.learn.networks import augment

    return following.Following(
        student_steps=settings.student_steps,
        expert_steps=settings.target_epochs,
        latest_start=settings.latest_start,
        batch=settings.student_batch,
        augmentation=augment.CHOICES[settings.augmentation],
        truncated=truncated,
        taught=taught,
        share=share,
    )


def seen(context: Context, settings: FollowedImages) -> int:
    n = n_learned(context)
    return settings.student_steps * min(settings.student_batch or n, n)
