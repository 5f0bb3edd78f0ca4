"""Methods whose pairs are learned by matching the trajectories of experts."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from explorer.errors import ConfigError
from explorer.methods.base import Method
from explorer.methods.learn_types import Problem, Similarity, Students
from explorer.methods.learned_images import noting, saying
from explorer.methods.learned_pairs.experts import steps, trained_experts
from explorer.methods.learned_pairs.problem import problem_of
from explorer.methods.learned_pairs.real import (
    RealPairs,
    check,
    cost_of_steps,
    network_of,
    start_rows,
)
from explorer.methods.learned_pairs.settings import (
    LowRankSettings,
    MatchedSettings,
    StudentSettings,
)
from explorer.progress import within
from explorer.steps.context import Context
from explorer.steps.head_experts import HeadExperts
from explorer.store.step import Step, Work
from explorer.types import State

Phases = Callable[[Context, Any], list[Students]]
"""Takes the context and the settings of a method; gives how students are trained in each phase."""


Moments = Callable[[int], int | None]
"""Takes the number of a phase; gives how many moments of experts are known to it, or None: all."""


def check_matched(context: Context, settings: MatchedSettings) -> None:
    """As `check`, and students find the pairs of a batch."""
    check(context, settings)
    check_batch(context.size, settings, "set")


def check_batch(n_pairs: int, settings: StudentSettings, what: str) -> None:
    """Raises where a student has fewer pairs than it takes in a step."""
    if n_pairs < settings.student_batch:
        raise ConfigError(
            f"A student takes {settings.student_batch} pairs in a step (student_batch), and the "
            f"{what} has {n_pairs}: lower student_batch, or ask for more pairs."
        )


def matched(
    *,
    name: str,
    phases: Phases,
    moments: Moments = lambda phase: None,
    check: Callable[[Context, Any], None] = check_matched,
    **about: Any,
) -> Method:
    """A method whose pairs are learned by matching trajectories.

    `phases` says how students are trained; it is called late, because it imports torch. Where their
    similarity is learned, the settings have a `similarity_rate`. A phase knows so many `moments` of
    experts. `about` are further fields of `Method`.
    """

    def cost(context: Context, settings: Any) -> Sequence[Work]:
        n = context.size - settings.spared
        if settings.is_whole:
            n = settings.student_steps * min(n, settings.student_batch)
            return cost_of_steps(context, settings, f"whole, {settings.gradient}", n)
        return cost_of_steps(context, settings, f"{name}, {settings.student_steps} steps", n)

    def make(context: Context, settings: Any, state: State | None) -> Iterator[State]:
        own, work = with_room(context, settings), cost(context, settings)
        yield from _learn(own, settings, state, phases, moments, *work)

    def checked(context: Context, settings: Any) -> None:
        check(with_room(context, settings), settings)

    def builds_on(context: Context, settings: Any) -> Sequence[Step[Any]]:
        return steps(with_room(context, settings), settings)

    return Method(
        name=name,
        family="trajectory",
        learns=True,
        stages=("embed", "features", "experts", "synthesize"),
        make=make,
        check=checked,
        steps=builds_on,
        cost=cost,
        **about,
    )


def students_of(
    settings: MatchedSettings, similarity: Similarity | None = None, **other: Any
) -> Students:
    """Students by the settings that all such methods have; texts of one image each if not said.

    `other` are further fields of `Students`.
    """
    from explorer.learn.pairs.matched_pairs import Students
    from explorer.learn.pairs.similarity import Identity

    return Students(
        steps=settings.student_steps,
        batch=settings.student_batch,
        similarity=similarity or Identity(),
        truncated=settings.gradient == "truncated",
        **other,
    )


def similarity_of(kind: str, own: LowRankSettings) -> Similarity:
    """The kind of similarity that a setting names, one of `SIMILARITIES`."""
    from explorer.learn.pairs import similarity

    if kind == "identity":
        return similarity.Identity()
    if kind == "full":
        return similarity.Full()
    of_rank = similarity.Shared if kind == "shared" else similarity.OfLowRank
    return of_rank(own.rank, own.alpha / own.rank)


def with_room(context: Context, settings: MatchedSettings) -> Context:
    """The context with the pairs that are left where a similarity is stored in the place of one."""
    if not settings.spared:
        return context
    if context.size <= settings.spared:
        raise ConfigError(
            "No pair is left where the similarity is stored in its place (storage_fair); ask for "
            "more, or turn it off."
        )
    return replace(context, size=context.size - settings.spared)


def _tell_storage(context: Context, side: int, width: int) -> None:
    """Says what a similarity takes beside pairs of images of this side and texts so wide."""
    pair, square = (3 * side**2 + width) * 4 / 1000, context.size**2 * 4 / 1000
    saying(context)(
        f"The similarity of {context.size:,} pairs takes {square:,.0f} KB, a pair {pair:,.0f} KB."
    )


def _learn(
    context: Context,
    settings: MatchedSettings,
    state: State | None,
    phases: Phases,
    moments: Moments,
    work: Work,
) -> Iterator[State]:
    """The pairs after each step."""
    experts = trained_experts(context, settings)
    real = RealPairs(context, start_rows(context, settings))
    telling = context.watcher.report("synthesize")
    telling(0.0, "Loading what learns pairs")
    from explorer.learn.optimise import Problem, optimise
    from explorer.learn.phases import in_phases
    from explorer.models.backbones import load_backbone

    backbone = load_backbone(network_of(context, settings), context.models.device)
    own = phases(context, settings)
    if settings.spared:
        _tell_storage(context, backbone.size, real.text.shape[1])
    problems = _problems(settings, own, moments, experts, real, backbone)

    def run(number: int, problem: Problem, own: State | None) -> Iterator[State]:
        share = number / len(problems), (number + 1) / len(problems)
        note = noting(context, work)
        yield from optimise(problem, own, within(telling, *share), note, saying(context))

    yield from in_phases(problems, settings.average, state, run)


def _problems(
    settings: Any,
    phases: list[Students],
    moments: Moments,
    experts: HeadExperts,
    real: "RealPairs",
    backbone: Any,
) -> list[Problem]:
    """What is learned in each phase."""
    from explorer.learn.pairs import matched_pairs as pairs
    from explorer.learn.pairs.learned_pairs import Experts, beginning, frozen, whole

    begun = beginning(backbone, real.images(), real.text)
    first, shares = phases[0], np.array_split(np.arange(settings.steps), len(phases))
    rates: dict[str, Sequence[str]] = {"rate_rate": (pairs.RATES,)}
    learner = (whole if settings.is_whole else frozen)(backbone, real.text.shape[1])
    if parts := first.similarity.parts:
        rates["similarity_rate"] = parts

    def known(phase: int) -> Experts:
        own = Experts(*(side[:, : moments(phase)] for side in experts))
        return pairs.straightened(own, learner.towers) if settings.shortcut else own

    return [
        problem_of(
            settings,
            learner.at_once,
            rates,
            begin=pairs.beginning(begun, first.similarity, settings.start_rate),
            objective=pairs.matching(learner, known(phase), students),
            samples=lambda own: pairs.samples(own, backbone, first, real.captions, real.columns),
            steps=len(share),
            seed=settings.seed + phase,
            at_least={pairs.RATES: pairs.LEAST_RATE},
            lower_first=("start_rate",),
        )
        for phase, (students, share) in enumerate(zip(phases, shares, strict=True))
    ]
