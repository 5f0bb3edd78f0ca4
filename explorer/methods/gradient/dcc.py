"""DCC: images whose gradient over all classes at once is that of the real ones.

Lee et al., ICML 2022. Until the warm-up ends each class is matched by itself, as in DC. Published
numbers take 1,000 networks, the first 250 of them to warm up, real batches of 256, width 128.
"""

from explorer.methods.gradient.matching import GradientImages, matched, seen
from explorer.methods.learn_types import Problem, RealImages
from explorer.methods.learned_images import recipe
from explorer.settings import setting
from explorer.steps.context import Context


class DccSettings(GradientImages):
    """Contrastive signals."""

    updates: int = setting(
        "Updates per network",
        "Steps that meet one network before a new one; 10 in the paper, more for 20 per class.",
        default=10,
        at_least=1,
    )
    network_epochs: int = setting(
        "Epochs of the network",
        "Its passes over the set between two steps; 5 in the paper for one image per class.",
        default=5,
        at_least=1,
    )
    warm_up: int = setting(
        "Warm-up",
        "Networks that are met before all classes are matched at once; 250 in the paper.",
        default=5,
        at_least=0,
    )


def problem(context: Context, settings: DccSettings, source: RealImages) -> Problem:
    """The images, and what each step compares."""
    from explorer.learn.images.gradient_matching import ALL_CLASSES, EACH_CLASS, Scope

    def scope(network: int, turn: int) -> Scope:
        return ALL_CLASSES if network >= settings.warm_up else EACH_CLASS

    return matched(context, settings, source, "rows", scope=scope)


METHOD = recipe(
    name="dcc",
    label="Contrastive signals (DCC)",
    family="gradient",
    about="As DSA, with one gradient over all classes instead of one for each.",
    paper="Lee et al., ICML 2022",
    config=DccSettings,
    problem=problem,
    seen=seen,
)
