"""Effective gradient matching: DC by classes and their mean, by angle and length of gradients.

Jiang et al., 2022 (arXiv 2208.00311). The network is trained longer before it is met first, and
its SGD has momentum. Published numbers take 1,000 networks, real batches of 256 and width 128.
"""

from explorer.methods.gradient.matching import GradientImages, matched, seen
from explorer.methods.learn_types import Problem, RealImages
from explorer.methods.learned_images import recipe
from explorer.settings import setting
from explorer.steps.context import Context


def passes(turn: int) -> int:
    """Of the network before its next step: many at first, as its gradients change most then.

    Examples:
        >>> [passes(turn) for turn in (1, 3, 4, 10)]
        [50, 30, 20, 10]
    """
    done = turn - 1
    return 50 - 10 * done if done < 4 else 10 if done < 10 else 5


class EffectiveSettings(GradientImages):
    """Multi-level gradient matching."""

    network_momentum: float = setting(
        "Momentum of the network", "Of its SGD on the set.", default=0.5, at_least=0, below=1
    )


def problem(context: Context, settings: EffectiveSettings, source: RealImages) -> Problem:
    """The images, and what each step compares."""
    from explorer.learn.images.gradient_matching import Scope

    return matched(
        context,
        settings,
        source,
        "rows-and-length",
        network_momentum=settings.network_momentum,
        epochs=None if settings.network_epochs else passes,
        scope=lambda network, turn: Scope(1.0, source.n_classes),
    )


METHOD = recipe(
    name="effective-gm",
    label="Effective gradient matching",
    family="gradient",
    about="As DC, by classes and their mean, by angle and length of gradients.",
    paper="Jiang et al., 2022 (arXiv 2208.00311)",
    config=EffectiveSettings,
    problem=problem,
    seen=seen,
)
