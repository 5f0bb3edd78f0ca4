"""PTM-ST on heads: pairs learned in phases, each from later moments of straightened experts.

ICLR 2026, arXiv 2603.25388 (Previsior/PTM-ST), which trains the whole image network; here it is
frozen, and heads over it are what experts and students are. The set is a moving average, the
similarity is full within a phase's pairs and nothing across. Published numbers take 20 experts of
10 epochs, 2,000 steps in each phase, 99 pairs in one phase, or 99 + 100 and 200 + 299 in two, the
truncated gradient, batches of 20 and 40, rates of images and texts of 1000, of the similarity of 10
(Flickr30K) or 50 (COCO), of the student's rates of 0.01, and starts at epochs 0 or 1 of the first
5, then at 1 or 2 of the first 7.
"""

import numpy as np

from explorer.errors import ConfigError
from explorer.methods.learn_types import Students
from explorer.methods.learned_pairs.matched import check_batch, matched, students_of
from explorer.methods.learned_pairs.real import check as check_network
from explorer.methods.learned_pairs.settings import MatchedSettings, SimilaritySettings
from explorer.settings import setting
from explorer.steps.context import Context

_EPOCHS = 5
"""Passes of experts that the first phase knows; each later one knows two more."""


class PtmStSettings(SimilaritySettings, MatchedSettings):
    """How experts are trained, and how pairs are learned from them, phase by phase."""

    student_batch: int = setting(
        "Student batch",
        "Pairs in each of its steps; each phase needs as many.",
        default=10,
        at_least=2,
    )
    phases: int = setting(
        "Phases", "Parts of the set that are learned one after the other.", default=2, at_least=1
    )
    expert_epochs: int = setting(
        "Epochs of an expert",
        "Passes of each expert. Phase 1 matches epochs from its start or the next, of a way of 5; "
        "each later phase starts one later, of a way that is longer by 2.",
        default=7,
        at_least=1,
        at_most=100,
    )
    shortcut: bool = setting(
        "Shortcuts",
        "Match experts on straight lines from their start to their end, tensor by tensor.",
        default=True,
    )
    average: float = setting(
        "Moving average",
        "Share that is kept of the average of the pairs in each step; the set is this average.",
        default=0.99,
        at_least=0,
        below=1,
    )
    similarity_rate: float = setting(
        "Rate of the similarity", "Learning rate of the similarity.", default=1.0, at_least=0
    )


def phases(context: Context, settings: PtmStSettings) -> list[Students]:
    """Each has pairs of its own, and starts an epoch later than the one before."""
    from explorer.learn.pairs.similarity import Full

    whole = students_of(settings, Full())
    parts = np.array_split(np.arange(context.size), settings.phases)
    return [
        whole._replace(
            pairs=range(int(own[0]), int(own[-1]) + 1),
            starts=range(phase, min(phase + 2, settings.expert_epochs)),
        )
        for phase, own in enumerate(parts)
    ]


def check(context: Context, settings: PtmStSettings) -> None:
    """Every phase has pairs, steps and an epoch of experts of its own."""
    check_network(context, settings)
    for name, most in (
        ("pairs", context.size),
        ("steps", settings.steps),
        ("epochs of experts (expert_epochs)", settings.expert_epochs),
    ):
        if settings.phases > most:
            raise ConfigError(f"{settings.phases} phases need as many {name}; there are {most}.")
    check_batch(context.size // settings.phases, settings, "smallest phase")


METHOD = matched(
    name="ptm-st",
    label="Trajectories in phases (PTM-ST, heads)",
    about="Pairs learned in phases from straightened experts, later pairs from later epochs.",
    paper="ICLR 2026 (arXiv 2603.25388)",
    config=PtmStSettings,
    phases=phases,
    moments=lambda phase: _EPOCHS + 1 + 2 * phase,
    check=check,
)
