"""MTT-VL on heads: the first to match trajectories of image-text students.

Wu et al., TMLR 2024 (princetonvisualai/multimodal_dataset_distillation), which trains the whole
image network; here it is frozen, and heads over it are what experts and students are. Published
numbers take 20 experts, all 100 pairs in each of 8 steps, rates of images and texts of 1000, of the
student's rates 0.01. The official code multiplies cosines by ln(1 / 0.07) within learning, where it
means 1 / 0.07: students move along a much flatter loss than the experts did.
"""

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from explorer.methods.base import Method
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

LOGITS = ("published", "intended")


class MttVlSettings(MatchedSettings):
    """How experts are trained, and how pairs are learned from them."""

    student_batch: int = setting(
        "Student batch",
        "Pairs in each of its steps, drawn anew each time; all where there are fewer.",
        default=100,
        at_least=2,
    )
    logits: str = setting(
        "Scale of logits",
        "What cosines are multiplied by while the set is learned: ln(1 / 0.07) = 2.66 as in the "
        "official code (`published`), or 1 / 0.07 = 14.3 as for experts (`intended`).",
        default="published",
        choices=LOGITS,
    )


def make(context: Context, settings: MttVlSettings, state: State | None) -> Iterator[State]:
    """The pairs after each step."""

    def students() -> "list[Students]":
        from explorer.learn.contrastive import TEMPERATURE
        from explorer.learn.matched_pairs import Students
        from explorer.learn.similarity import Identity

        is_published = settings.logits == "published"
        own = Students(
            steps=settings.student_steps,
            batch=settings.student_batch,
            similarity=Identity(),
            contrast="infonce",
            temperature=1 / math.log(1 / TEMPERATURE) if is_published else TEMPERATURE,
            is_fresh=True,
            truncated=settings.gradient == "truncated",
        )
        return [own]

    yield from learn_pairs(context, settings, state, METHOD.name, Way(students))


def cost(context: Context, settings: MttVlSettings) -> Sequence[Work]:
    return learning_cost(context, settings, METHOD.name)


METHOD = Method(
    name="mtt-vl",
    label="Trajectories of image-text pairs (MTT-VL, heads)",
    family="trajectory",
    about="Pairs from which two heads learn as from all pairs, each text only its image's.",
    paper="Wu et al., TMLR 2024",
    config=MttVlSettings,
    learns=True,
    stages=("embed", "experts", "synthesize"),
    make=make,
    check=check,
    steps=steps,
    cost=cost,
)
