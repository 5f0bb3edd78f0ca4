"""MDM on heads: pairs whose features lie where the real ones lie, in teachers between two experts.

CVPR 2026, arXiv 2605.23482 (andyj1/mdm, whose loop does not run as published; `published` follows
its formulas and its script). Published numbers take 20 experts of 10 epochs, real batches of 256,
learned ones of 64, weights 1, 0.8 and 0.8, gradients cut to length 1, and for 100, 200 and 500
pairs rates of 100, 100 and 1000 (Flickr8k), 100, 1000, 1000 (Flickr30K) or 1000, 1000, 5000 (COCO),
best after 50 to 200 steps; and they train the whole image network, where heads over a frozen one
are trained here.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from explorer.core.clusters.cluster import cluster_rows
from explorer.core.coresets import nearest_members
from explorer.methods.base import Method
from explorer.methods.learned_images import learn
from explorer.methods.learned_pairs.experts import steps, trained_experts
from explorer.methods.learned_pairs.problem import learned_samples, problem_of
from explorer.methods.learned_pairs.real import (
    RealPairs,
    check,
    cost_of_steps,
    network_of,
    real_features,
    start_rows,
)
from explorer.methods.learned_pairs.settings import STARTS, PairSettings
from explorer.settings import setting
from explorer.steps.context import Context
from explorer.store.step import Step, Work
from explorer.types import State

VARIANTS = ("repaired", "published")


class MdmSettings(PairSettings):
    """How experts are trained and merged, and how pairs are learned with them."""

    steps: int = setting("Steps", "Updates of the pairs.", default=100, at_least=1)
    start: str = setting(
        "Start",
        "Real pairs to begin with: the one nearest to the centre of each of as many `clusters` of "
        "a teacher's features, as published; or as for other methods.",
        default="clusters",
        choices=("clusters", *STARTS),
    )
    expert_epochs: int = setting(
        "Epochs of an expert",
        "Passes of each expert; teachers lie between two moments of experts.",
        default=5,
        at_least=1,
        at_most=100,
    )
    variant: str = setting(
        "Variant",
        "`repaired` counts each row's likeness to itself, as the paper says, measures how far text "
        "heads moved from the start that experts share, and stays there where two moved apart; "
        "`published` does none of it, like the official code.",
        default="repaired",
        choices=VARIANTS,
    )
    share: float = setting(
        "Share of the way",
        "How far a teacher goes from the experts' start towards their mean.",
        default=0.5,
        above=0,
        at_most=1,
    )
    sigma: float = setting("Width", "Of the kernel: an angle in radians.", default=0.5, above=0)
    contrast_weight: float = setting(
        "Weight of the contrast", "Of InfoNCE among the learned pairs.", default=1.0, at_least=0
    )
    sum_weight: float = setting(
        "Weight of sums",
        "Of the distance of what both sides have in common.",
        default=0.8,
        at_least=0,
    )
    difference_weight: float = setting(
        "Weight of differences",
        "Of the distance of what sets both sides apart.",
        default=0.8,
        at_least=0,
    )
    batch: int = setting(
        "Batch", "Learned pairs in a step, all where there are fewer.", default=64, at_least=2
    )
    real_batch: int = setting(
        "Real batch", "Real pairs in a step, likewise.", default=256, at_least=2
    )
    longest_gradient: float = setting(
        "Longest gradient",
        "Length that the gradient of images and texts together is cut to; 0 for any.",
        default=1.0,
        at_least=0,
    )


def make(context: Context, settings: MdmSettings, state: State | None) -> Iterator[State]:
    """The pairs after each step."""
    trained = trained_experts(context, settings, one_start=True)
    seen = real_features(context, settings)
    context.watcher.report("synthesize")(0.0, "Loading what learns pairs")
    from explorer.learn.pairs import merged_teachers as teachers
    from explorer.learn.pairs.learned_pairs import Experts, at_once_through, beginning
    from explorer.models.backbones import load_backbone

    backbone = load_backbone(network_of(context, settings), context.models.device)
    is_published = settings.variant == "published"
    experts, merging = Experts(*trained), teachers.Merging(settings.share, is_published)
    real = teachers.Real(*seen)

    def features() -> np.ndarray:
        rng = np.random.default_rng(settings.seed)
        return teachers.features(real, experts, merging, rng, backbone.device)

    pairs = RealPairs(context, _start(context, settings, features))
    begun = beginning(backbone, pairs.images(), pairs.text)

    how = teachers.Distances(
        sigma=settings.sigma,
        contrast=settings.contrast_weight,
        sums=settings.sum_weight,
        differences=settings.difference_weight,
        batch=settings.batch,
        real_batch=settings.real_batch,
        most=settings.longest_gradient,
        with_itself=not is_published,
    )
    at_once = at_once_through(backbone)
    problem = problem_of(
        settings,
        at_once,
        begin=lambda rng: begun(),
        objective=teachers.matching(backbone, real, experts, merging, how, at_once),
        samples=learned_samples(backbone, pairs),
    )
    yield from learn(context, problem, state, *cost(context, settings))


def _start(
    context: Context, settings: MdmSettings, features: Callable[[], np.ndarray]
) -> np.ndarray:
    """The (K,) captions of the pairs that learning begins with."""
    if settings.start != "clusters":
        return start_rows(context, settings)
    rows = features()
    labels, centres = cluster_rows(rows, context.size, seed=settings.seed)
    return nearest_members(rows, labels, centres)


def builds_on(context: Context, settings: MdmSettings) -> Sequence[Step[Any]]:
    return steps(context, settings, one_start=True)


def cost(context: Context, settings: MdmSettings) -> Sequence[Work]:
    return cost_of_steps(context, settings, METHOD.name, min(context.size, settings.batch))


METHOD = Method(
    name="mdm",
    label="Distributions in merged teachers (MDM, heads)",
    family="distribution",
    about="Pairs whose joint features lie where those of all pairs lie, in teachers between two.",
    paper="CVPR 2026 (arXiv 2605.23482)",
    config=MdmSettings,
    learns=True,
    stages=("embed", "features", "experts", "synthesize"),
    make=make,
    check=check,
    steps=builds_on,
    cost=cost,
)
