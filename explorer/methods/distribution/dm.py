"""DM: images whose mean features in random networks are those of the real ones.

Zhao and Bilen, WACV 2023 (VICO-UoE/DatasetCondensation). Published numbers take 20,000 steps, real
batches of 256 and a width of 128.
"""

from collections.abc import Iterator, Sequence

from explorer.methods.base import Method
from explorer.methods.learned_images import (
    LearnedImages,
    check,
    learn,
    learning_work,
    real_images,
    steps,
)
from explorer.settings import setting
from explorer.steps.context import Context
from explorer.store.step import Work
from explorer.types import State


class DmSettings(LearnedImages):
    """Distribution matching."""

    real_batch: int = setting(
        "Real batch",
        "Real images of each class that a step is compared with; 256 in the paper.",
        default=64,
        at_least=1,
    )


def make(context: Context, settings: DmSettings, state: State | None) -> Iterator[State]:
    """The images after each step."""
    source = real_images(context, settings)
    from explorer.learn import augment, convnet, distribution, labelled, optimise

    problem = optimise.Problem(
        begin=labelled.beginning(source, settings.start, context.size),
        objective=distribution.matching(
            convnet.network_of(settings, source.n_classes),
            source,
            settings.real_batch,
            augment.CHOICES[settings.augmentation],
        ),
        samples=lambda params: source.samples(params, context.size),
        rates={labelled.IMAGES: settings.learning_rate},
        momentum=settings.momentum,
        steps=settings.steps,
        seed=settings.seed,
    )
    yield from learn(context, problem, state, *cost(context, settings))


def cost(context: Context, settings: DmSettings) -> Sequence[Work]:
    n_classes = len(context.dataset.labelled().classes)
    seen = n_classes * (settings.real_batch + context.size)
    return [learning_work(context, settings, METHOD.name, seen)]


METHOD = Method(
    name="dm",
    label="Distribution matching (DM)",
    family="distribution",
    about="Images whose mean features in random networks are those of the real ones.",
    paper="Zhao and Bilen, WACV 2023",
    tasks=("classification",),
    config=DmSettings,
    needs=frozenset(),
    learns=True,
    stages=("pixels", "synthesize"),
    make=make,
    check=check,
    steps=steps,
    cost=cost,
)
