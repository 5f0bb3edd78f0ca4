"""DSA: dataset condensation whose real and learned images are augmented alike.

Zhao and Bilen, ICML 2021 (VICO-UoE/DatasetCondensation). Published numbers take 1,000 networks,
real batches of 256 and a width of 128.
"""

from explorer.methods.gradient.matching import GradientImages, matched, seen, siamese
from explorer.methods.learn_types import Problem, RealImages
from explorer.methods.learned_images import recipe
from explorer.steps.context import Context


class DsaSettings(GradientImages):
    """Differentiable siamese augmentation."""


def problem(context: Context, settings: DsaSettings, source: RealImages) -> Problem:
    """The images, and what each step compares."""
    from explorer.learn import gradient_matching

    how = gradient_matching.Matching(
        settings.real_batch, gradient_matching.by_rows, siamese(settings)
    )
    return matched(context, settings, source, how)


METHOD = recipe(
    name="dsa",
    label="Siamese augmentation (DSA)",
    family="gradient",
    about="As DC, with real and learned images augmented alike.",
    paper="Zhao and Bilen, ICML 2021",
    config=DsaSettings,
    problem=problem,
    seen=seen,
)
