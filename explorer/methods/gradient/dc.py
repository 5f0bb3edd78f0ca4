"""DC: images on which networks have the gradients that they have on the real ones.

Zhao, Mopuri and Bilen, ICLR 2021 (VICO-UoE/DatasetCondensation). Published numbers take 1,000
networks, real batches of 256 and a width of 128.
"""

from explorer.config import AUGMENTATIONS
from explorer.methods.gradient.matching import GradientImages, matched, seen
from explorer.methods.learn_types import Problem, RealImages
from explorer.methods.learned_images import STARTS, recipe
from explorer.settings import setting
from explorer.steps.context import Context

DISTANCES = ("rows", "squared", "absolute", "cosine")
"""As `learn.gradient_matching` knows them."""


class DcSettings(GradientImages):
    """Dataset condensation."""

    augmentation: str = setting(
        "Augmentation",
        "Of the matched images and of the network's training; `none` in the paper.",
        choices=AUGMENTATIONS,
        default="none",
    )
    start: str = setting(
        "Start",
        "Images to begin with: `real` ones, or `noise` as in the paper.",
        default="noise",
        choices=STARTS,
    )
    distance: str = setting(
        "Distance",
        "Between gradients: `rows` is the paper's, one minus the cosine of each output's weights.",
        default="rows",
        choices=DISTANCES,
    )


def problem(context: Context, settings: DcSettings, source: RealImages) -> Problem:
    """The images, and what each step compares."""
    return matched(context, settings, source, settings.distance)


METHOD = recipe(
    name="dc",
    label="Dataset condensation (DC)",
    family="gradient",
    about="Images on which networks have the gradients that they have on the real ones.",
    paper="Zhao, Mopuri and Bilen, ICLR 2021",
    config=DcSettings,
    problem=problem,
    seen=seen,
)
