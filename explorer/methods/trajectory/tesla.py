"""TESLA: trajectories matched with the memory of one step, and labels of the experts.

Cui et al., ICML 2023 (justincui03/tesla). The weights of each of the student's steps are taken as
constants. For one image per class of CIFAR-10 the paper takes 50 steps of the student and a rate
of 1000, on whitened images. Labels of the experts are for sets that are large: on ten digits all of
them lean to one class.
"""

from explorer.methods.learn_types import Problem, RealImages
from explorer.methods.learned_images import recipe
from explorer.methods.trajectory.followed import FollowedImages, check, followed, seen
from explorer.settings import setting
from explorer.steps.context import Context


class TeslaSettings(FollowedImages):
    """Constant-memory trajectory matching."""

    teacher_labels: bool = setting(
        "Labels of the teacher",
        "Whether students learn what the expert that they follow sees in the set, instead of "
        "classes; the authors do so for ImageNet-1K alone.",
        default=False,
    )
    as_published: bool = setting(
        "As published",
        "Takes half of the images' gradient, as the authors' code does by mistake.",
        default=False,
    )


def problem(context: Context, settings: TeslaSettings, source: RealImages) -> Problem:
    """The images, a student's rate, and the experts that each step follows."""
    return followed(
        context,
        settings,
        source,
        truncated=True,
        taught=settings.teacher_labels,
        share=0.5 if settings.as_published else 1.0,
    )


METHOD = recipe(
    name="tesla",
    label="Trajectories in constant memory (TESLA)",
    family="trajectory",
    about="As MTT, in the memory of one step; on demand with labels of the experts.",
    paper="Cui et al., ICML 2023",
    config=TeslaSettings,
    problem=problem,
    seen=seen,
    check=check,
)
