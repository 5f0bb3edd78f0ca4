"""SLDD: as DD, with labels that are learned, too.

Sucholutsky and Schonlau, 2019 (ilia10000/dataset-distillation). Labels are free numbers while they
are learned; the set keeps them as shares of classes, as students are trained for much longer than
the few steps they were learned for. Sets of fewer images than classes are not offered.
"""

from explorer.methods.learn_types import Problem, RealImages
from explorer.methods.learned_images import recipe
from explorer.methods.unrolled.unrolled import RatedImages, rated, seen
from explorer.settings import setting
from explorer.steps.context import Context


class SoftLabelSettings(RatedImages):
    """Soft-label dataset distillation."""

    label_rate: float = setting(
        "Learning rate of labels", "By Adam; 0.01 in the paper.", default=0.01, above=0
    )


def problem(context: Context, settings: SoftLabelSettings, source: RealImages) -> Problem:
    """The images, their labels, and the rates of a network's steps."""
    from explorer.learn.images.unrolled_sets import one_hot

    classes = one_hot(source.targets(context.size), source.n_classes)
    return rated(context, settings, source, classes, settings.label_rate)


METHOD = recipe(
    name="sldd",
    label="Soft-label distillation (SLDD)",
    family="unrolled",
    about="As DD, with labels that are learned with the images.",
    paper="Sucholutsky and Schonlau, 2019 (arXiv 1910.02551)",
    config=SoftLabelSettings,
    problem=problem,
    seen=seen,
)
