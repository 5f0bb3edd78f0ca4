"""What the methods share that learn the images of classes: settings, source and the loop."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from explorer.config import NetworkConfig
from explorer.core.coresets import random_of_each_class
from explorer.core.whitening import Zca
from explorer.errors import ConfigError
from explorer.methods.base import BEST, LAST, Method
from explorer.methods.learn_types import Objective, Parametrisation, Problem, RealImages
from explorer.progress import Measured
from explorer.settings import Settings, declared, seed_setting, setting
from explorer.steps.context import Context
from explorer.steps.experts import ExpertConfig, FlatExpertConfig, experts
from explorer.steps.pixels import Pixels, pixels
from explorer.steps.whitening import whitening
from explorer.store.rates import on
from explorer.store.step import Step, Work
from explorer.types import State

STARTS = ("real", "noise")
GRADIENTS = ("exact", "truncated")
"""Of matched trajectories, as `learn.trajectories` knows them."""


def first_decay(default: float = 0.9) -> Any:
    """Declares the momentum of what Adam learns."""
    return setting(
        "Momentum", "Of the updates: the first decay of Adam.", default=default, at_least=0, below=1
    )


def kept_setting() -> Any:
    """Declares which moment of its learning a set is."""
    return setting(
        "Moment kept",
        "The set is what was learned at the `last` step; or, of some twenty moments, at that at "
        "which a quick student does `best` on val, by the settings of the evaluation. Without a "
        "val split it is the last.",
        default=BEST,
        choices=(BEST, LAST),
        option="keep",
    )


class LearnedImages(NetworkConfig):
    """Of a method that learns images with a network."""

    steps: int = setting("Steps", "Updates of the images.", default=500, at_least=1)
    kept: str = kept_setting()
    start: str = setting(
        "Start",
        "Images to begin with: `real` ones, or `noise`.",
        default="real",
        choices=STARTS,
    )
    learning_rate: float = setting("Learning rate", "Of the images.", default=1.0, above=0)
    momentum: float = setting(
        "Momentum", "Of the updates of the images.", default=0.5, at_least=0, below=1
    )
    seed: int = seed_setting("Of all that is drawn at random.", default=0)


def check(context: Context, settings: LearnedImages) -> None:
    """Raises where a class has too few images to begin with."""
    train = context.dataset.labelled()
    if settings.start == "real":
        random_of_each_class(train.labels, len(train.classes), context.size, settings.seed)


def pixel_step(context: Context, settings: NetworkConfig) -> Step[Pixels]:
    """The images that are distilled, in the size that is learned."""
    return pixels(context.dataset.labelled(), settings.image_size, "train", context.engine)


def white_step(context: Context, settings: NetworkConfig) -> Step[Zca] | None:
    """How the images are whitened; None where they are not."""
    pixels, n = pixel_step(context, settings), context.dataset.labelled().n_images
    size, channels = settings.image_size, settings.n_channels
    return whitening(pixels, settings.whitening, size, channels, n, context.store)


def steps(context: Context, settings: NetworkConfig) -> Sequence[Step[Any]]:
    white = white_step(context, settings)
    return [pixel_step(context, settings), *([white] if white else [])]


def real_images(context: Context, settings: NetworkConfig) -> RealImages:
    """The images that are distilled, read where they are not at hand."""
    train = context.dataset.labelled()
    read = context.store.fetch(pixel_step(context, settings), context.watcher.report("pixels"))
    found = read.seen_in(settings.n_channels)
    if n := found.n_hidden:
        saying(context)(f"Networks do not see the colours of {n:,} images: image_channels is 1.")
    whitens = white_step(context, settings)
    white = context.store.fetch(whitens, context.watcher.report("pixels")) if whitens else None
    report = context.watcher.report("synthesize")
    report(0.0, "Loading what learns images")
    from explorer.learn.images import labelled  # late: it imports torch

    if min(found.image.shape[0], len(set(train.labels[found.number]))) < len(train.classes):
        raise ConfigError("A class of train has no image that can be read.")
    return labelled.real_images(
        found.image,
        train.labels[found.number],
        len(train.classes),
        found.mean,
        found.std,
        context.models.device,
        white,
    )


def learn(context: Context, problem: Problem, state: State | None, work: Work) -> Iterator[State]:
    """Yields the set after each step of a problem; what steps took is noted for the estimate."""
    from explorer.learn.optimise import optimise

    report = context.watcher.report("synthesize")
    yield from optimise(problem, state, report, noting(context, work), saying(context))


def noting(context: Context, work: Work) -> Callable[[Measured], None]:
    """Keeps what steps took, for the estimate."""

    return partial(context.store.rates.note_work, work)


def saying(context: Context) -> Callable[[str], None]:
    """Tells whoever watches what happens to learning."""
    return lambda text: context.watcher.say("synthesize", text)


def n_learned(context: Context) -> int:
    """Images in the set."""
    return context.size * context.dataset.n_classes


def shape_of(context: Context, settings: NetworkConfig) -> tuple[int, int]:
    """Channels and pixels of a side of an image, as networks see it."""
    own = settings.seeing(*context.dataset.labelled().seen_as)
    return own.n_channels, own.image_size


def values_of(context: Context, settings: NetworkConfig) -> int:
    """Numbers in an image, as networks see it."""
    channels, side = shape_of(context, settings)
    return channels * side**2


def seen_by_class(context: Context, settings: Any, per_class: int) -> int:
    """Images of a step with so many learned ones of each class, and its batch of real ones."""
    return int(context.dataset.n_classes * (settings.real_batch + per_class))


def learning_work(
    context: Context, settings: LearnedImages, method: str, images_per_step: int
) -> Work:
    """The steps of a method; their cost grows with the images that go through the network."""
    by = on(context.models.device, f"{method}, {settings.network}")
    return Work("synthesize", "steps to learn", settings.steps, "learn", by, each=images_per_step)


def problem_of(
    settings: LearnedImages,
    source: RealImages,
    images: Parametrisation,
    objective: Objective,
    **other: Any,
) -> Problem:
    """Images by their parts, which are the set as they are rendered.

    `other` is what else a `Problem` has, or has in place of what the settings say.
    """
    from explorer.learn import optimise, rules
    from explorer.learn.images import labelled

    rates = other.pop("rates", {labelled.IMAGES: optimise.Rate(settings.learning_rate)})
    usual = {
        "begin": images.begin,
        "samples": lambda params: source.samples(images.render(params)),
        "rule": rules.sgd(settings.momentum),
        "steps": settings.steps,
        "seed": settings.seed,
        "at_least": images.at_least,
        "at_most": images.at_most,
        "lower_first": _to_blame_first(settings, [each.setting for each in rates.values()]),
    }
    return optimise.Problem(objective=objective, rates=rates, **{**usual, **other})


def _to_blame_first(settings: Settings, of_parameters: Sequence[str]) -> Sequence[str]:
    """The settings to lower where the first step goes wrong: rates that are of no parameter."""
    known = {"learning_rate", "expert_rate", *of_parameters}
    rates = [each.name for each in declared(type(settings)) if each.name.endswith("_rate")]
    return [name for name in rates if name not in known] or ("learning_rate",)


class ExpertImages(LearnedImages, ExpertConfig):
    """Of a method that learns images with networks that were trained on the real ones."""


def expert_step(context: Context, settings: ExpertImages) -> Step[np.ndarray]:
    """The experts."""
    n_images, device = context.dataset.labelled().n_images, context.models.device
    kind = FlatExpertConfig if isinstance(settings, FlatExpertConfig) else ExpertConfig
    own = kind(**{name: getattr(settings, name) for name in kind().as_json()})
    key = pixel_step(context, settings).key
    images = partial(real_images, context, settings)
    return experts(key, n_images, own, device, images, context.engine)


def steps_with_experts(context: Context, settings: ExpertImages) -> Sequence[Step[Any]]:
    return [*steps(context, settings), expert_step(context, settings)]


def trained_experts(context: Context, settings: ExpertImages) -> np.ndarray:
    """(experts, epochs + 1, P) weights, trained where they are not at hand."""
    return context.store.fetch(expert_step(context, settings), context.watcher.report("experts"))


def recipe(
    *,
    name: str,
    problem: Callable[[Context, Any, RealImages], Problem],
    seen: Callable[[Context, Any], int],
    check: Callable[[Context, Any], None] = check,
    tell: Callable[[Any, RealImages, State], str] | None = None,
    **about: Any,
) -> Method:
    """A method of labelled images whose set is learned by `learn.optimise`.

    `problem` gives what is learned, `seen` how many images go through the network in a step, for
    the estimate, and `tell` what there is to say of the last state. `about` are further fields of
    `Method`.
    """

    def cost(context: Context, settings: Any) -> Sequence[Work]:
        return [learning_work(context, settings, name, seen(context, settings))]

    def make(context: Context, settings: Any, state: State | None) -> Iterator[State]:
        source = real_images(context, settings)
        own = problem(context, settings, source)
        for now in learn(context, own, state, *cost(context, settings)):
            yield now
        if tell:
            context.watcher.say("synthesize", tell(settings, source, now))

    has_experts = issubclass(about["config"], ExpertConfig)
    usual: dict[str, Any] = {
        "stages": ("pixels", *(["experts"] if has_experts else []), "synthesize"),
        "steps": steps_with_experts if has_experts else steps,
        "needs": frozenset(),
    }
    return Method(
        name=name,
        tasks=("classification",),
        learns=True,
        make=make,
        check=check,
        cost=cost,
        **{**usual, **about},
    )
