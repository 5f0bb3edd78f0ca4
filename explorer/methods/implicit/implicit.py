"""Implicit differentiation: images by where a network's training on them ends, not by its way.

Lorraine, Vicol and Duvenaud, AISTATS 2020. The network goes on from step to step, by Adam and with
weight decay, and the inverse Hessian is the start of a series, or conjugate gradients. Compared
with a short re-implementation (MaximeVandegar/Papers-in-100-Lines-of-Code), which leaves out the
factor of the series; `as_published` does so, too.
"""

from explorer.methods.implicit.bilevel import BilevelImages, inner_of, learned_with, seen
from explorer.methods.learn_types import Problem, RealImages
from explorer.methods.learned_images import recipe
from explorer.settings import setting
from explorer.steps.context import Context

INVERSES = ("series", "conjugate")
"""As `learn.implicit` knows them."""


class ImplicitSettings(BilevelImages):
    """Optimizing millions of hyperparameters by implicit differentiation."""

    learning_rate: float = setting(
        "Learning rate", "Of the images, by RMSprop.", default=0.02, above=0
    )
    momentum: float = setting(
        "Momentum", "Of the updates: what RMSprop keeps of the mean square.", default=0.99,
        at_least=0, below=1,
    )  # fmt: skip
    inverse: str = setting(
        "Inverse Hessian",
        "By the first terms of a `series` (Neumann), or by `conjugate` gradients.",
        choices=INVERSES,
        default="series",
    )
    as_published: bool = setting(
        "As published",
        "Leaves out the factor of the series, as the code compared with does by mistake.",
        default=False,
    )


def problem(context: Context, settings: ImplicitSettings, source: RealImages) -> Problem:
    """The images, and the network that goes on with them."""
    from explorer.learn import rules
    from explorer.learn.inner import implicit

    share = 1 / settings.series_rate if settings.as_published else 1.0
    solve = implicit.solver(settings.inverse, settings.terms, settings.series_rate, share)
    inner = inner_of(settings, rules.adam(), is_warm=True)
    rule = rules.rmsprop(settings.momentum)
    return learned_with(context, settings, source, inner, solve, rule)


METHOD = recipe(
    name="implicit",
    label="Implicit differentiation",
    family="implicit",
    about="Images by where a network's training on them ends, without its way there.",
    paper="Lorraine, Vicol and Duvenaud, AISTATS 2020",
    config=ImplicitSettings,
    problem=problem,
    seen=seen,
)
