"""Implicit bias: warm or cold networks, and which gradient, decide what a set is good for.

Vicol et al., ICML 2022, an analysis without code. A warm network that goes on through all steps
reads the real images well, though the last set alone teaches a new network little: the set is its
way there. Students are always trained anew; what the carried network itself knows is told when the
set is done.
"""

from explorer.methods.implicit.bilevel import BilevelImages, inner_of, learned_with, seen
from explorer.methods.learn_types import Problem, RealImages
from explorer.methods.learned_images import first_decay, recipe
from explorer.settings import setting
from explorer.steps.context import Context
from explorer.types import State

BEGINNINGS = ("warm", "cold")
GRADIENTS = ("unrolled", "series", "conjugate")


class BiasSettings(BilevelImages):
    """On implicit bias in overparameterized bilevel optimization."""

    learning_rate: float = setting(
        "Learning rate", "Of the images, by Adam.", default=0.02, above=0
    )
    momentum: float = first_decay()
    beginning: str = setting(
        "Network",
        "`warm` goes on from where the last step left it, `cold` begins anew in every step.",
        choices=BEGINNINGS,
        default="warm",
    )
    gradient: str = setting(
        "Gradient",
        "Of the network's steps, `unrolled`; or of where they end, by a `series` or `conjugate` "
        "gradients.",
        choices=GRADIENTS,
        default="unrolled",
    )


def problem(context: Context, settings: BiasSettings, source: RealImages) -> Problem:
    """The images, and the network that they are learned with."""
    from explorer.learn import rules
    from explorer.learn.inner import implicit

    solve = None
    if settings.gradient != "unrolled":
        solve = implicit.solver(settings.gradient, settings.terms, settings.series_rate)
    inner = inner_of(settings, rules.sgd(0.0), is_warm=settings.beginning == "warm")
    rule = rules.adam(settings.momentum)
    return learned_with(context, settings, source, inner, solve, rule)


def tell(settings: BiasSettings, source: RealImages, state: State) -> str:
    """What the network of the last step knows."""
    from explorer.learn.images import experts, policies
    from explorer.learn.networks import convnet

    network = convnet.network_of(settings, source.n_classes)
    weights = state.arrays[f"params.{policies.NETWORK}"]
    share = experts.known_after(network, source, weights[None]).mean()
    return (
        f"The {settings.beginning} network of the last step is right on {share:.1%} of the real "
        "images; evaluation trains new ones on the set alone."
    )


METHOD = recipe(
    name="implicit-bias",
    label="Warm or cold networks",
    family="implicit",
    about="Images learned with a network that goes on, or begins anew in every step.",
    paper="Vicol et al., ICML 2022",
    config=BiasSettings,
    problem=problem,
    seen=seen,
    tell=tell,
)
