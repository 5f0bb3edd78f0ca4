"""MTT: images on which a student's weights move as those of experts on the real images did.

Cazenavette et al., CVPR 2022 (GeorgeCazenavette/mtt-distillation). For one image per class of
CIFAR-10 the paper takes 100 experts of 50 epochs, 5,000 steps, 50 steps of the student and a
learning rate of 100 with ZCA, which is not offered here. The defaults suit a thousand images: what
decides is that experts move well within an epoch, so their batches are smaller and their steps
longer than there.
"""

from typing import TYPE_CHECKING

from explorer.errors import ConfigError
from explorer.methods.learned_images import (
    GRADIENTS,
    ExpertImages,
    n_learned,
    recipe,
    trained_experts,
)
from explorer.methods.learned_images import check as check_images
from explorer.settings import setting
from explorer.steps.context import Context

if TYPE_CHECKING:
    from explorer.learn.labelled import RealImages
    from explorer.learn.optimise import Problem


class MttSettings(ExpertImages):
    """Matching training trajectories."""

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
    gradient: str = setting(
        "Gradient",
        "`exact`, or `truncated` as in TESLA: weights do not depend on earlier steps.",
        choices=GRADIENTS,
        default="exact",
    )


LEAST_RATE = 1e-3
"""A student's learning rate never falls below this; Liu et al., NeurIPS 2022, clip it there."""


def check(context: Context, settings: MttSettings) -> None:
    """Raises where the experts do not go far enough, or a class is too small."""
    check_images(context, settings)
    last = settings.latest_start + settings.target_epochs
    if last > settings.expert_epochs:
        raise ConfigError(
            f"Students would follow experts to epoch {last}, but those stop at "
            f"{settings.expert_epochs}. Raise expert_epochs, or lower latest_start or "
            "target_epochs."
        )


def problem(context: Context, settings: MttSettings, source: "RealImages") -> "Problem":
    """The images, a student's rate, and the experts that each step follows."""
    experts = trained_experts(context, settings)
    from explorer.learn import augment, convnet, following, labelled, optimise, parametrisations

    how = following.Following(
        student_steps=settings.student_steps,
        expert_steps=settings.target_epochs,
        latest_start=settings.latest_start,
        batch=settings.student_batch,
        augmentation=augment.CHOICES[settings.augmentation],
        truncated=settings.gradient == "truncated",
    )
    network = convnet.network_of(settings, source.n_classes)
    images = parametrisations.pixels(source, settings.start, context.size)
    return optimise.Problem(
        begin=following.with_rate(images.begin, settings.student_rate),
        objective=following.following(network, experts, source.targets(context.size), how),
        samples=lambda params: source.samples(images.render(params), rate=params[following.RATE]),
        rates={labelled.IMAGES: settings.learning_rate, following.RATE: settings.rate_rate},
        momentum=settings.momentum,
        steps=settings.steps,
        seed=settings.seed,
        at_least={following.RATE: LEAST_RATE},
    )


def seen(context: Context, settings: MttSettings) -> int:
    n = n_learned(context)
    return settings.student_steps * min(settings.student_batch or n, n)


METHOD = recipe(
    name="mtt",
    label="Matching training trajectories (MTT)",
    family="trajectory",
    about="Images on which a student moves as experts on the real ones did.",
    paper="Cazenavette et al., CVPR 2022",
    config=MttSettings,
    problem=problem,
    seen=seen,
    check=check,
)
