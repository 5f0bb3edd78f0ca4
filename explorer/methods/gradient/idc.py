"""IDC: each image holds several smaller ones, and gradients are matched as networks learn.

Kim et al., ICML 2022 (snu-mllab/Efficient-Dataset-Condensation). Networks are trained on real
images between two steps. All classes take a step at once; there they step one after another, which
differs by the momentum alone. Published numbers take 2,000 networks of 100 steps each, 2,000 real
images of training between two steps, and a width of 128.
"""

from explorer.methods.gradient.multi_formation import FormationImages, formed, seen
from explorer.methods.learn_types import Problem, RealImages
from explorer.methods.learned_images import recipe
from explorer.steps.context import Context


def problem(context: Context, settings: FormationImages, source: RealImages) -> Problem:
    """The images, and what each step compares in new networks."""
    return formed(context, settings, source, None)


METHOD = recipe(
    name="idc",
    label="Efficient parametrisation (IDC)",
    family="gradient",
    about="Images of several smaller ones each, on which networks have the real gradients.",
    paper="Kim et al., ICML 2022",
    config=FormationImages,
    version=2,  # a real start leaves pixels out instead of mixing them
    problem=problem,
    seen=seen,
)
