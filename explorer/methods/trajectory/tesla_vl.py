"""TESLA-VL on heads: MTT-VL with the loss of LoRS, no learned similarity and the cheap gradient.

A baseline of Xu et al., ICML 2024 (silicx/LoRS_Distill, without a script of its own: its full
similarity, learned at rate 0). The gradient is the truncated one of TESLA (Cui et al., ICML 2023),
which is not that of the loss from a student's second step on; `exact` shows what that costs. Heads
over a frozen network are what experts and students are, which is not the published protocol.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from explorer.methods.base import Method
from explorer.methods.learned_images import GRADIENTS
from explorer.methods.learned_pairs import (
    MatchedSettings,
    Way,
    check,
    learn_pairs,
    learning_cost,
    steps,
)
from explorer.settings import setting
from explorer.steps.context import Context
from explorer.store.step import Work
from explorer.types import State

if TYPE_CHECKING:
    from explorer.learn.matched_pairs import Students


class TeslaVlSettings(MatchedSettings):
    """How experts are trained, and how pairs are learned from them."""

    gradient: str = setting(
        "Gradient",
        "`truncated` as it was published: each step of a student is taken for itself; or `exact`.",
        default="truncated",
        choices=GRADIENTS,
    )
    loss: str = setting(
        "Loss of students",
        "`wbce` as in the tables of others, or `infonce`.",
        default="wbce",
        choices=("wbce", "infonce"),
    )


def make(context: Context, settings: TeslaVlSettings, state: State | None) -> Iterator[State]:
    """The pairs after each step."""

    def students() -> "list[Students]":
        from explorer.learn.matched_pairs import Students
        from explorer.learn.similarity import Identity

        own = Students(
            steps=settings.student_steps,
            batch=settings.student_batch,
            similarity=Identity(),
            contrast=settings.loss,
            truncated=settings.gradient == "truncated",
        )
        return [own]

    yield from learn_pairs(context, settings, state, METHOD.name, Way(students))


def cost(context: Context, settings: TeslaVlSettings) -> Sequence[Work]:
    return learning_cost(context, settings, METHOD.name)


METHOD = Method(
    name="tesla-vl",
    label="Trajectories in constant memory (TESLA-VL, heads)",
    family="trajectory",
    about="Pairs from which two heads learn as from all pairs, by TESLA's truncated gradient.",
    paper="Xu et al., ICML 2024, after Cui et al., ICML 2023",
    config=TeslaVlSettings,
    learns=True,
    stages=("embed", "experts", "synthesize"),
    make=make,
    check=check,
    steps=steps,
    cost=cost,
)
