"""Bayesian pseudocoresets: sets from which weights have the posterior of the real images.

Kim et al., NeurIPS 2022 (balhaekim/BPC-Divergences). `wasserstein` is trajectory matching; the
other divergences keep nothing of a student's way but its end. Published numbers take 100 experts of
50 epochs, 5,000 steps, 30 draws and a learning rate of 1000. There students are sampled (HMC); here
they are trained as those of all methods.
"""

from dataclasses import replace

from explorer.methods.learn_types import Problem, RealImages
from explorer.methods.learned_images import problem_of, recipe, trained_experts
from explorer.methods.trajectory.followed import (
    FollowedImages,
    check,
    followed,
    following_of,
)
from explorer.methods.trajectory.followed import seen as seen_by_students
from explorer.settings import setting
from explorer.steps.context import Context

DIVERGENCES = ("forward", "reverse", "wasserstein")


class PseudocoresetSettings(FollowedImages):
    """Divergence measures for Bayesian pseudocoresets."""

    divergence: str = setting(
        "Divergence",
        "Between the posteriors: Kullback-Leibler `forward` from that of the real images, "
        "`reverse`, or `wasserstein`.",
        choices=DIVERGENCES,
        default="forward",
    )
    draws: int = setting(
        "Draws", "Of weights in a step; 30 in the paper. Not for `wasserstein`.", default=10,
        at_least=2,
    )  # fmt: skip
    spread: float = setting("Spread", "Deviation of weights in a posterior.", default=0.01, above=0)
    real_batch: int = setting(
        "Real batch", "Real images in a step of `reverse`; 1,000 in the paper.", default=400,
        at_least=1,
    )  # fmt: skip


def problem(context: Context, settings: PseudocoresetSettings, source: RealImages) -> Problem:
    """The images, and where students of theirs end."""
    if settings.divergence == "wasserstein":
        return followed(context, settings, source)
    from explorer.learn import rules
    from explorer.learn.images import parametrisations, pseudocoreset
    from explorer.learn.networks import convnet

    is_forward = settings.divergence == "forward"
    images = parametrisations.pixels(source, settings.start, context.size)
    objective = pseudocoreset.diverging(
        convnet.network_of(settings, source.n_classes),
        trained_experts(context, settings),
        source,
        source.targets(context.size),
        following_of(settings),
        rate=settings.student_rate,
        is_forward=is_forward,
        draws=settings.draws,
        spread=settings.spread,
        batch=settings.real_batch,
    )
    return problem_of(
        settings,
        source,
        images,
        objective,
        rule=rules.sgd(settings.momentum if is_forward else 0.0),
        lower_first=("student_rate",),
    )


def seen(context: Context, settings: PseudocoresetSettings) -> int:
    by_student = seen_by_students(context, settings)
    if settings.divergence == "wasserstein":
        return by_student
    one = seen_by_students(context, replace(settings, student_steps=1, student_batch=0))
    real = settings.real_batch if settings.divergence == "reverse" else 0
    return by_student + settings.draws * (2 * one + real)


METHOD = recipe(
    name="pseudocoreset",
    label="Bayesian pseudocoreset (BPC)",
    family="bayesian",
    about="Images from which weights have the posterior that they have from the real ones.",
    paper="Kim et al., NeurIPS 2022",
    config=PseudocoresetSettings,
    problem=problem,
    seen=seen,
    check=check,
)
