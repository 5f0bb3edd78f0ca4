"""Acc-DD: IDC in networks that were trained a little and are disturbed each time they are met.

Zhang et al., CVPR 2023. Its released code does not run; this follows the paper: a pool of early
networks instead of random ones, so that fewer steps are enough. Published numbers take 5 networks
of 2 epochs and a width of 128.
"""

from explorer.methods.gradient.multi_formation import FormationImages, formed, seen
from explorer.methods.learn_types import Problem, RealImages
from explorer.methods.learned_images import ExpertImages, recipe, trained_experts
from explorer.settings import setting
from explorer.steps.context import Context


class AccSettings(FormationImages, ExpertImages):
    """Model augmentation."""

    expert_epochs: int = setting(
        "Epochs of an expert",
        "Passes of the early networks over the real images; 2 in the paper.",
        default=2,
        at_least=1,
    )
    least_noise: float = setting(
        "Least noise", "Of a network's weights when it is met, by their length.", default=0.01,
        at_least=0,
    )  # fmt: skip
    most_noise: float = setting("Most noise", "Likewise.", default=0.09, at_least=0)


def problem(context: Context, settings: AccSettings, source: RealImages) -> Problem:
    """The images, and what each step compares in early networks."""
    pool = trained_experts(context, settings)[:, -1]
    from explorer.learn.images import policies
    from explorer.learn.networks import convnet

    network = convnet.network_of(settings, source.n_classes)
    early = policies.early(network, pool, settings.least_noise, settings.most_noise)
    return formed(context, settings, source, early)


METHOD = recipe(
    name="acc-dd",
    label="Model augmentation (Acc-DD)",
    family="gradient",
    about="As IDC, in networks that were trained a little and are disturbed when they are met.",
    paper="Zhang et al., CVPR 2023",
    config=AccSettings,
    version=2,  # as IDC
    problem=problem,
    seen=seen,
)
