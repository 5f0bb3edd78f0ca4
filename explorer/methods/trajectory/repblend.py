"""RepBlend: pairs from which two heads learn what experts learned from all pairs.

Zhang et al., 2025 (arXiv 2505.14705; zhangxin-xd/RepBlend). Published numbers take 20 experts, a
network of 224 pixels, 3,000 steps, the truncated gradient, and rates that belong to that network:
100 to 5,000 for images and texts, 5 to 500 for the similarity, 0.01 for the student's rates.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from explorer.methods.base import Method
from explorer.methods.learned_pairs import (
    LowRankSettings,
    MatchedSettings,
    Way,
    check,
    learn_pairs,
    learning_cost,
    similarity_of,
    steps,
)
from explorer.settings import setting
from explorer.steps.context import Context
from explorer.store.step import Work
from explorer.types import State

if TYPE_CHECKING:
    from explorer.learn.matched_pairs import Students


class RepblendSettings(LowRankSettings, MatchedSettings):
    """How experts are trained, and how pairs are learned from them."""

    blend: float = setting(
        "Blending",
        "Both parameters of the Beta distribution that shares of blended pairs are drawn from; 0 "
        "turns blending off.",
        default=1.0,
        at_least=0,
    )


def make(context: Context, settings: RepblendSettings, state: State | None) -> Iterator[State]:
    """The pairs after each step."""

    def students() -> "list[Students]":
        from explorer.learn.matched_pairs import Students

        own = Students(
            steps=settings.student_steps,
            batch=settings.student_batch,
            similarity=similarity_of("low-rank", settings),
            blend=settings.blend,
            truncated=settings.gradient == "truncated",
        )
        return [own]

    way = Way(students, settings.similarity_rate)
    yield from learn_pairs(context, settings, state, METHOD.name, way)


def cost(context: Context, settings: RepblendSettings) -> Sequence[Work]:
    return learning_cost(context, settings, METHOD.name)


METHOD = Method(
    name="repblend",
    label="Trajectories of blended pairs (RepBlend)",
    family="trajectory",
    about="Pairs from which two heads learn as they did from all pairs, with similarity learned.",
    paper="Zhang et al., 2025 (arXiv 2505.14705)",
    config=RepblendSettings,
    learns=True,
    stages=("embed", "experts", "synthesize"),
    make=make,
    check=check,
    steps=steps,
    cost=cost,
)
