"""Pairs of which projectors follow in closed form that find real pairs: after the idea of APM.

ICML 2026; neither its text nor its code was at hand. What is told of it is that projectors in
closed form replace the training of students within learning, so that no experts are kept. Which
projectors, and what is lowered, is ours: ridge regressions of either side on the other, and InfoNCE
of a real batch.
"""

from collections.abc import Mapping
from typing import Any

from explorer.errors import ConfigError
from explorer.methods.learned_pairs.real import check as check_network
from explorer.methods.learned_pairs.settings import FrozenSettings
from explorer.methods.learned_pairs.without_experts import Learning, without_experts
from explorer.settings import setting
from explorer.steps.context import Context


class ApmSettings(FrozenSettings):
    """How pairs are learned."""

    ridge: float = setting(
        "Ridge",
        "Added to the regression of either side on the other, as a share of the mean squared "
        "length of its inputs.",
        default=0.1,
        above=0,
    )
    real_batch: int = setting(
        "Real batch",
        "Real pairs that are to be found in a step, all where there are fewer.",
        default=256,
        at_least=2,
    )


def problem(settings: ApmSettings, learning: Learning) -> Mapping[str, Any]:
    """What is lowered."""
    from explorer.learn.pairs import projectors

    backbone, real, begin, at_once, _ = learning
    objective = projectors.matching(backbone, real, settings.ridge, settings.real_batch, at_once)
    return {"begin": lambda rng: begin(), "objective": objective}


def check(context: Context, settings: ApmSettings) -> None:
    """There are pairs enough to regress one side on the other."""
    check_network(context, settings)
    if context.size < 2:
        raise ConfigError("One pair has no direction to regress on; ask for two or more.")


METHOD = without_experts(
    name="apm",
    label="Projectors in closed form (APM)",
    family="kernel",
    about="Pairs whose projectors in closed form find real pairs; after the idea, no code.",
    paper="ICML 2026 (Yh4dMR5mJ0)",
    config=ApmSettings,
    problem=problem,
    check=check,
)
