"""HaBa: bases that are each seen in several styles, on which students follow experts.

Liu et al., NeurIPS 2022 (Huage001/DatasetFactorization). A set of n per class has n bases of each
class and the styles that all share, and shows every base in every style. Published numbers take 5
styles, a learning rate of 100 and a momentum of 0.95 for both, 15,000 steps and whitened images.
The two styles that a step compares are the same for both of its terms; there they are drawn twice.
"""

from explorer.methods.learn_types import Problem, RealImages
from explorer.methods.learned_images import problem_of, recipe, trained_experts
from explorer.methods.trajectory.followed import (
    LEAST_RATE,
    FollowedImages,
    check,
    following_of,
    seen,
)
from explorer.settings import setting
from explorer.steps.context import Context


class HabaSettings(FollowedImages):
    """Dataset factorization."""

    styles: int = setting(
        "Styles", "That each base is seen in; 5 in the paper.", default=3, at_least=2, at_most=20
    )
    style_rate: float = setting(
        "Learning rate of styles", "100 in the paper.", default=1.0, above=0
    )
    different: float = setting(
        "Weight of difference", "How much styles shall show a base differently.", default=0.1,
        at_least=0,
    )  # fmt: skip
    alike: float = setting(
        "Weight of likeness",
        "How much the network that compares styles shall see the same in one base.",
        default=0.1,
        at_least=0,
    )
    contrast: float = setting(
        "Weight of contrast", "How much it shall see the same in one class.", default=0.1,
        at_least=0,
    )  # fmt: skip


def problem(context: Context, settings: HabaSettings, source: RealImages) -> Problem:
    """The bases, the styles, a student's rate, and the experts that each step follows."""
    from explorer.learn.images import following, hallucination, labelled
    from explorer.learn.networks import convnet
    from explorer.learn.optimise import Rate

    experts = trained_experts(context, settings)
    network = convnet.network_of(settings, source.n_classes)
    images = hallucination.bases_and_styles(source, settings.start, context.size, settings.styles)
    begin = hallucination.with_judge(images.begin, network)
    weights = hallucination.Weighting(settings.different, settings.alike, settings.contrast)
    objective = hallucination.hallucinating(
        network,
        experts,
        source.targets(context.size),
        settings.styles,
        following_of(settings),
        weights,
    )
    return problem_of(
        settings,
        source,
        images,
        objective,
        begin=following.with_rate(begin, settings.student_rate),
        samples=lambda params: source.samples(images.render(params), rate=params[following.RATE]),
        rates={
            labelled.IMAGES: Rate(settings.learning_rate),
            following.RATE: Rate(settings.rate_rate, "rate_rate"),
            **dict.fromkeys(hallucination.STYLE, Rate(settings.style_rate, "style_rate")),
        },
        at_least={following.RATE: LEAST_RATE},
    )


METHOD = recipe(
    name="haba",
    label="Bases and styles (HaBa)",
    family="trajectory",
    about="As MTT, with images that are bases in several styles, which all of them share.",
    paper="Liu et al., NeurIPS 2022",
    config=HabaSettings,
    problem=problem,
    seen=seen,
    check=check,
)
