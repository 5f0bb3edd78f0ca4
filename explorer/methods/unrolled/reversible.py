"""Reversible learning: images by the gradient of a whole training, which runs backwards.

Maclaurin, Duvenaud and Adams, ICML 2015. Training is momentum SGD in exact arithmetic, so that its
way back needs none of its weights kept; `path` chooses between this and keeping them, which gives
the same gradient. After the paper, whose code needs packages that are gone: it takes 20 steps of
rate 0.37 and momentum 0.5 on ten images, 15 updates of 0.1 by Adam, and a wide multilayer network.
"""

from explorer.methods.learn_types import Problem, RealImages
from explorer.methods.learned_images import first_decay, n_learned, problem_of, recipe
from explorer.methods.unrolled.unrolled import UnrolledImages, judged
from explorer.settings import setting
from explorer.steps.context import Context

PATHS = ("reversed", "kept")


class ReversibleSettings(UnrolledImages):
    """Gradient-based optimisation through reversible learning."""

    steps: int = setting("Steps", "Updates of the images.", default=200, at_least=1)
    learning_rate: float = setting(
        "Learning rate", "Of the images, by Adam; 0.1 in the paper.", default=0.05, above=0
    )
    momentum: float = first_decay()
    network_steps: int = setting(
        "Steps of a network", "On the whole set; 20 in the paper.", default=20, at_least=1
    )
    network_rate: float = setting(
        "Learning rate of a network", "0.37 in the paper, for another network.", default=0.05,
        above=0,
    )  # fmt: skip
    network_momentum: float = setting(
        "Momentum of a network",
        "Of which gradients take what is left; 0.5 in the paper.",
        default=0.5,
        at_least=0,
        below=1,
    )
    path: str = setting(
        "Path",
        "`reversed` finds a network's weights again backwards, `kept` keeps those of every step.",
        choices=PATHS,
        default="reversed",
    )


def problem(context: Context, settings: ReversibleSettings, source: RealImages) -> Problem:
    """The images, and the training that runs forward and back."""
    from explorer.learn import rules
    from explorer.learn.images import parametrisations, unrolled_sets
    from explorer.learn.inner.reversible import Reversible
    from explorer.learn.inner.unrolled import Kept

    images = parametrisations.pixels(source, settings.start, context.size)
    classes = source.targets(context.size)

    render = unrolled_sets.at_one_rate(
        images.render, classes, settings.network_rate, settings.network_steps
    )
    objective = judged(
        settings,
        source,
        render,
        unrolled_sets.all_rows(len(classes)),
        momentum=settings.network_momentum,
        damped=True,
        path=Reversible if settings.path == "reversed" else Kept,
    )
    return problem_of(
        settings,
        source,
        images,
        objective,
        rule=rules.adam(settings.momentum),
    )


def seen(context: Context, settings: ReversibleSettings) -> int:
    trained = n_learned(context) * settings.network_steps
    return int(settings.networks * (5 * trained + settings.real_batch))


METHOD = recipe(
    name="reversible",
    label="Reversible learning",
    family="unrolled",
    about="Images by the gradient of a whole training, which runs backwards in exact numbers.",
    paper="Maclaurin, Duvenaud and Adams, ICML 2015",
    config=ReversibleSettings,
    problem=problem,
    seen=seen,
)
