"""FTD: trajectories of experts that seek flat places, and a moving mean of the images.

Du et al., CVPR 2023 (AngusDujw/FTD-distillation). The mean keeps 0.9999 to 0.999 in each of the
paper's 5,000 steps; here there are fewer, and it keeps less.
"""

from explorer.methods.learn_types import Problem, RealImages
from explorer.methods.learned_images import recipe
from explorer.methods.trajectory.followed import FollowedImages, check, followed, seen
from explorer.settings import setting
from explorer.steps.context import Context
from explorer.steps.experts import FlatExpertConfig


class FtdSettings(FollowedImages, FlatExpertConfig):
    """Flat trajectory distillation."""

    average: float = setting(
        "Mean of images", "What the moving mean of the images keeps in each step.", default=0.98,
        at_least=0, below=1,
    )  # fmt: skip


def problem(context: Context, settings: FtdSettings, source: RealImages) -> Problem:
    """The images, a student's rate, and the experts that each step follows."""
    return followed(context, settings, source, average=settings.average)


METHOD = recipe(
    name="ftd",
    label="Flat trajectories (FTD)",
    family="trajectory",
    about="As MTT, with experts that seek flat places, and the mean of the last images.",
    paper="Du et al., CVPR 2023",
    config=FtdSettings,
    problem=problem,
    seen=seen,
    check=check,
)
