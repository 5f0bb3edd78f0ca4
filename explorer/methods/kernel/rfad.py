"""RFAD: images from which features of many random networks read the real ones.

Loo et al., NeurIPS 2022 (yolky/RFAD). Networks are drawn anew in every step and stand for the
kernel of an infinitely wide one; predictions are scaled and scored by cross-entropy (Platt), or by
their squared error. The learned linear map of pixels and the stop by a validation part of the paper
are left out. Published numbers take networks of width 256, whitened images and 5,120 real images in
a step.
"""

from explorer.methods.kernel.regressed import RegressedImages, regressed, seen, targets
from explorer.methods.learn_types import Problem, RealImages
from explorer.methods.learned_images import recipe
from explorer.settings import setting
from explorer.steps.context import Context

LOSSES = ("platt", "square")


class RfadSettings(RegressedImages):
    """Random feature approximation."""

    learning_rate: float = setting(
        "Learning rate",
        "Of the images, by AdaBelief; 0.001 in the paper, for many more steps.",
        default=0.02,
        above=0,
    )
    steps: int = setting("Steps", "Updates of the images.", default=150, at_least=1)
    networks: int = setting(
        "Networks",
        "Random ones whose features make a kernel together; 8 in the paper.",
        default=4,
        at_least=1,
    )
    ridge: float = setting(
        "Regularisation", "Of the regression, times the mean of the kernel's diagonal.",
        default=5e-3, above=0,
    )  # fmt: skip
    loss: str = setting(
        "Loss",
        "Of predictions: `platt`, cross-entropy by a learned scale; or `square`, as in KIP.",
        default=LOSSES[0],
        choices=LOSSES,
    )
    sharpness_rate: float = setting(
        "Learning rate of the scale", "Of predictions.", default=0.01, above=0
    )


def problem(context: Context, settings: RfadSettings, source: RealImages) -> Problem:
    """The images, and the random networks that each step reads them by."""
    from explorer.learn import rules
    from explorer.learn.images import parametrisations, regression
    from explorer.learn.networks import convnet
    from explorer.learn.optimise import Rate

    images = parametrisations.pixels(source, settings.start, context.size)
    fixed = targets(context, source)
    network = convnet.network_of(settings, source.n_classes)._replace(norm="none")
    read = regression.Read(source, images.render, fixed, settings.real_batch, settings.ridge)
    objective = regression.read_by_features(settings.networks, network, read)
    rule = rules.adabelief(settings.momentum)
    if settings.loss == LOSSES[1]:
        return regressed(settings, source, images, objective, fixed, rule)
    return regressed(
        settings,
        source,
        images,
        objective,
        fixed,
        rule,
        begin_more=lambda rng: {regression.SHARPNESS: fixed.new_zeros(())},
        rates={regression.SHARPNESS: Rate(settings.sharpness_rate, "sharpness_rate")},
    )


METHOD = recipe(
    name="rfad",
    label="Random features (RFAD)",
    family="kernel",
    about="Images from which features of random networks read the real ones.",
    paper="Loo et al., NeurIPS 2022",
    config=RfadSettings,
    problem=problem,
    seen=lambda context, settings: settings.networks * seen(context, settings),
)
