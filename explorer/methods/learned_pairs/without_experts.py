"""What the methods share that learn pairs from real features alone, without experts."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from explorer.methods.base import Method
from explorer.methods.learned_images import learn
from explorer.methods.learned_pairs.problem import learned_samples, problem_of
from explorer.methods.learned_pairs.real import (
    RealPairs,
    check,
    cost_of_steps,
    network_of,
    real_features,
    start_rows,
    steps_without_experts,
)
from explorer.methods.learned_pairs.settings import FrozenSettings
from explorer.steps.context import Context
from explorer.store.step import Step, Work
from explorer.types import State

if TYPE_CHECKING:
    from explorer.learn.optimise import Params
    from explorer.learn.pairs.merged_teachers import Real
    from explorer.learn.steady import AtOnce
    from explorer.models.backbones import Backbone


class Learning(NamedTuple):
    """What an objective is made from."""

    backbone: "Backbone"  # that images are learned through
    real: "Real"
    begin: "Callable[[], Params]"  # gives the pairs that learning begins with
    at_once: "AtOnce"
    pairs: RealPairs  # those that these are


def without_experts(
    *,
    name: str,
    problem: Callable[[Any, Learning], Mapping[str, Any]],
    passing: Callable[[Context, Any], int] = lambda context, settings: context.size,
    check: Callable[[Context, Any], None] = check,
    **about: Any,
) -> Method:
    """A method that learns pairs from real ones, or from features of them by a frozen network.

    `problem` takes the settings and gives the fields of `Problem` that are its own, with an
    `objective` and how to `begin`; it is called late, because it imports torch. So many images are
    `passing` through the network in a step.
    """

    def make(context: Context, settings: FrozenSettings, state: State | None) -> Iterator[State]:
        """The pairs after each step."""
        seen = real_features(context, settings)
        pairs = RealPairs(context, start_rows(context, settings))
        context.watcher.report("synthesize")(0.0, "Loading what learns pairs")
        from explorer.learn.pairs.learned_pairs import at_once_through, beginning
        from explorer.learn.pairs.merged_teachers import Real
        from explorer.models.backbones import load_backbone

        backbone = load_backbone(network_of(context, settings), context.models.device)
        begin, at_once = beginning(backbone, pairs.images(), pairs.text), at_once_through(backbone)
        own = problem(settings, Learning(backbone, Real(*seen), begin, at_once, pairs))
        own = {"samples": learned_samples(backbone, pairs), **own}
        whole = problem_of(settings, at_once, **own)
        yield from learn(context, whole, state, *cost(context, settings))

    def builds_on(context: Context, settings: FrozenSettings) -> Sequence[Step[Any]]:
        return steps_without_experts(context, settings)

    def cost(context: Context, settings: FrozenSettings) -> Sequence[Work]:
        what = f"{name}, whole" if settings.is_whole else name
        return cost_of_steps(context, settings, what, passing(context, settings))

    return Method(
        name=name,
        learns=True,
        stages=("embed", "features", "synthesize"),
        make=make,
        check=check,
        steps=builds_on,
        cost=cost,
        **about,
    )
