"""Label distillation: real images that stay, with labels from which networks learn all the others.

Bohdal, Yang and Hospedales, 2020 (ondrejbohdal/label-distillation). `ridge` is their first method,
`step` their second. A network begins anew after a fixed number of steps; there it does once it
improves no more. Published numbers take 10 to 200 images from the same or from other data.
"""

from explorer.methods.learn_types import Problem, RealImages
from explorer.methods.learned_images import (
    LearnedImages,
    first_decay,
    n_learned,
    problem_of,
    recipe,
)
from explorer.settings import setting
from explorer.steps.context import Context

WAYS = ("ridge", "step")


class LabelSettings(LearnedImages):
    """Flexible dataset distillation: learn labels instead of images."""

    steps: int = setting("Steps", "Updates of the labels.", default=800, at_least=1)
    learning_rate: float = setting(
        "Learning rate", "Of the labels, by Adam; 0.001 in the paper.", default=0.005, above=0
    )
    momentum: float = first_decay()
    way: str = setting(
        "Way",
        "What labels are judged by: a head by `ridge` regression, or one `step` of the network.",
        choices=WAYS,
        default="ridge",
    )
    real_batch: int = setting(
        "Real batch", "Real images of all classes in a step; 1,024 in the paper.", default=400,
        at_least=1,
    )  # fmt: skip
    ridge: float = setting("Regularisation", "Of the regression.", default=1.0, above=0)
    network_rate: float = setting(
        "Learning rate of the network", "Adam's, on the set.", default=0.001, above=0
    )
    restart: int = setting("Steps of a network", "Before a new one.", default=100, at_least=1)


def problem(context: Context, settings: LabelSettings, source: RealImages) -> Problem:
    """The labels, and the network that each step judges them by."""
    from explorer.learn import rules
    from explorer.learn.images import label_distillation
    from explorer.learn.images.parametrisations import Parametrisation
    from explorer.learn.images.regression import LABELS
    from explorer.learn.networks import convnet
    from explorer.learn.optimise import Rate

    network = convnet.network_of(settings, source.n_classes)
    fixed = label_distillation.base(source, settings.start, context.size, settings.seed)
    begin = label_distillation.beginning(network, len(fixed), fixed.device)
    objective = label_distillation.learning_labels(
        network,
        source,
        lambda params: fixed,
        way=settings.way,
        batch=settings.real_batch,
        ridge=settings.ridge,
        rate=settings.network_rate,
        restart=settings.restart,
    )
    return problem_of(
        settings,
        source,
        Parametrisation(begin, lambda params: fixed, context.size),
        objective,
        samples=lambda params: source.samples(fixed, params[LABELS]),
        rates={LABELS: Rate(settings.learning_rate)},
        project={LABELS: label_distillation.on_simplex},
        rule=rules.adam(settings.momentum),
    )


METHOD = recipe(
    name="label-distillation",
    label="Label distillation",
    family="kernel",
    about="Real images whose soft labels are learned, so that networks learn the others from them.",
    paper="Bohdal, Yang and Hospedales, 2020 (arXiv 2006.08572)",
    config=LabelSettings,
    version=2,  # learns the scale of the head; networks see the labels after each step
    problem=problem,
    seen=lambda context, settings: settings.real_batch + 2 * n_learned(context),
)
