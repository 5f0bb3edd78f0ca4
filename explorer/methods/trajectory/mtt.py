"""MTT: images on which a student's weights move as those of experts on the real images did.

Cazenavette et al., CVPR 2022 (GeorgeCazenavette/mtt-distillation). For one image per class of
CIFAR-10 the paper takes 100 experts of 50 epochs, 5,000 steps, 50 steps of the student and a
learning rate of 100 with ZCA, which is not offered here. The defaults suit a thousand images: what
decides is that experts move well within an epoch, so their batches are smaller and their steps
longer than there.
"""

from explorer.methods.learn_types import Problem, RealImages
from explorer.methods.learned_images import GRADIENTS, recipe
from explorer.methods.trajectory.followed import FollowedImages, check, followed, seen
from explorer.settings import setting
from explorer.steps.context import Context


class MttSettings(FollowedImages):
    """Matching training trajectories."""

    gradient: str = setting(
        "Gradient",
        "`exact`, or `truncated` as in TESLA: weights do not depend on earlier steps.",
        choices=GRADIENTS,
        default="exact",
    )


def problem(context: Context, settings: MttSettings, source: RealImages) -> Problem:
    """The images, a student's rate, and the experts that each step follows."""
    return followed(context, settings, source, truncated=settings.gradient == "truncated")


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
