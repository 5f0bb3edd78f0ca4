"""KIP: images from which a regression with the kernel of a wide network reads the real ones.

Nguyen, Chen and Lee, ICLR 2021 (KIP.ipynb of google-research). The kernel is the NTK of a fully
connected network, in closed form, so no network is drawn; students are the usual ones all the same.
Published numbers take real batches of 5,000.
"""

from explorer.methods.kernel.regressed import RegressedImages, by_kernel, seen
from explorer.methods.learn_types import Problem, RealImages
from explorer.methods.learned_images import recipe
from explorer.settings import setting
from explorer.steps.context import Context


class KipSettings(RegressedImages):
    """Kernel inducing points."""

    hidden: int = setting(
        "Hidden layers",
        "Of the fully connected network whose kernel is taken; 0 for plain inner products.",
        default=1, at_least=0, at_most=10,
    )  # fmt: skip


def problem(context: Context, settings: KipSettings, source: RealImages) -> Problem:
    """The images, and the kernel that each step reads them by."""
    from explorer.learn.networks import kernels

    if settings.hidden == 0:
        return by_kernel(context, settings, source, kernels.linear)
    return by_kernel(
        context, settings, source, lambda a, b: kernels.fully_connected(a, b, settings.hidden).ntk
    )


METHOD = recipe(
    name="kip",
    label="Kernel inducing points (KIP)",
    family="kernel",
    about="Images from which the kernel of a wide network reads the real ones.",
    paper="Nguyen, Chen and Lee, ICLR 2021",
    config=KipSettings,
    problem=problem,
    seen=seen,
)
