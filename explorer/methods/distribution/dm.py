"""DM: images whose mean features in random networks are those of the real ones.

Zhao and Bilen, WACV 2023 (VICO-UoE/DatasetCondensation). Published numbers take 20,000 steps, real
batches of 256 and a width of 128.
"""

from explorer.methods.learn_types import Problem, RealImages
from explorer.methods.learned_images import LearnedImages, problem_of, recipe, seen_by_class
from explorer.settings import setting
from explorer.steps.context import Context


class DmSettings(LearnedImages):
    """Distribution matching."""

    real_batch: int = setting(
        "Real batch",
        "Real images of each class that a step is compared with; 256 in the paper.",
        default=64,
        at_least=1,
    )


def problem(context: Context, settings: DmSettings, source: RealImages) -> Problem:
    """The images, and what each step compares."""
    from explorer.learn.images import distribution, parametrisations
    from explorer.learn.networks import augment, convnet

    images = parametrisations.pixels(source, settings.start, context.size)
    return problem_of(
        settings,
        source,
        images,
        distribution.matching(
            convnet.network_of(settings, source.n_classes),
            source,
            images.render,
            settings.real_batch,
            augment.CHOICES[settings.augmentation],
        ),
    )


METHOD = recipe(
    name="dm",
    label="Distribution matching (DM)",
    family="distribution",
    about="Images whose mean features in random networks are those of the real ones.",
    paper="Zhao and Bilen, WACV 2023",
    config=DmSettings,
    is_usual=True,
    problem=problem,
    seen=lambda context, settings: seen_by_class(context, settings, context.size),
)
