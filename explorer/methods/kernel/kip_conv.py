"""KIP with the kernel of a wide ConvNet instead of that of a fully connected network.

Nguyen, Novak, Xiao and Lee, NeurIPS 2021. The kernel holds all pairs of pixels: its cost grows with
the fourth power of the side, and the paper took hundreds of GPUs. Published numbers take three
blocks on ZCA-whitened images of 32 pixels, learned labels, and batches of 5,000. The notebook of
KIP has the kernels of Myrtle networks, too.
"""

from explorer.methods.kernel.regressed import RegressedImages, by_kernel, seen
from explorer.methods.learn_types import Problem, RealImages
from explorer.methods.learned_images import recipe
from explorer.settings import setting
from explorer.steps.context import Context

CONVNET, MYRTLES = "convnet", {"myrtle-5": 5, "myrtle-7": 7, "myrtle-10": 10}


class KipConvSettings(RegressedImages):
    """Kernel inducing points by convolutions."""

    steps: int = setting("Steps", "Updates of the images.", default=50, at_least=1)
    real_batch: int = setting(
        "Real batch", "Real images of all classes that a step predicts.", default=50, at_least=1
    )
    kernel_network: str = setting(
        "Network of the kernel",
        "The benchmarks' ConvNet, or a Myrtle network of 5, 7 or 10 layers with few poolings.",
        default=CONVNET,
        choices=(CONVNET, *MYRTLES),
    )
    kernel_blocks: int = setting(
        "Blocks of the kernel",
        "Of the ConvNet: of convolution, ReLU and pooling; 3 in the paper.", default=1,
        at_least=1, at_most=5,
    )  # fmt: skip


def problem(context: Context, settings: KipConvSettings, source: RealImages) -> Problem:
    """The images, and the kernel that each step reads them by."""
    from explorer.learn.networks import kernels

    if depth := MYRTLES.get(settings.kernel_network):
        return by_kernel(context, settings, source, lambda a, b: kernels.myrtle(a, b, depth).ntk)
    return by_kernel(
        context,
        settings,
        source,
        lambda a, b: kernels.convolutional(a, b, settings.kernel_blocks).ntk,
    )


METHOD = recipe(
    name="kip-conv",
    label="KIP by convolutions",
    family="kernel",
    about="As KIP, by the kernel of a wide ConvNet.",
    paper="Nguyen et al., NeurIPS 2021",
    config=KipConvSettings,
    problem=problem,
    seen=seen,
)
