"""Experts: trajectories of two heads over frozen features of all pairs; cached."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from explorer.engine.engine import HERE, Engine
from explorer.progress import Report
from explorer.steps.trained import train_experts
from explorer.store.step import Computed, Step, Work

BATCH = 128
"""Real pairs per step of an expert."""
_NO_EXPERT = 2**31  # a number that no expert has


class PairFeatures(NamedTuple):
    """What experts learn from."""

    image: np.ndarray  # (N, F) features of a backbone
    text: np.ndarray  # (M, D) embeddings
    image_of_text: np.ndarray  # (M,) int64 in [0, N)


class HeadExperts(NamedTuple):
    """Weights at the start and after each epoch; (E, epochs + 1, P) float32, memory-mapped."""

    image: np.ndarray
    text: np.ndarray


class Training(NamedTuple):
    """How experts are trained."""

    experts: int
    epochs: int
    rate: float  # of plain SGD
    seed: int
    one_start: bool = False  # whether all experts start from the same weights
    two_tracks: bool = False  # whether each tells wrong pairs, with another beside it


def head_experts(
    keys: tuple[str, ...],
    n_rows: int,
    training: Training,
    by: str,
    pairs: Callable[[], PairFeatures],
    engine: Engine = HERE,
) -> Step[HeadExperts]:
    """Trains experts one after the other; what was trained before an interruption is kept.

    `keys` are those of the features and the embeddings, and `by` names their widths, for the rate;
    of the M rows there is the cost alone.
    """

    by = f"{by}, two tracks" if training.two_tracks else by

    def compute(scratch: Path, report: Report) -> Computed:
        report(0.0, "Loading what trains experts")
        from explorer.learn.pairs import train_expert  # late: it imports torch

        def train(number: int, on_epoch: Callable[[], None]) -> dict[str, np.ndarray]:
            expert = train_expert(
                *pairs(),
                epochs=training.epochs,
                batch=BATCH,
                rate=training.rate,
                seed=_seed(training.seed, number),
                start_seed=_seed(training.seed, _NO_EXPERT) if training.one_start else None,
                partner_seed=_seed(training.seed, number ^ 1) if training.two_tracks else None,
                on_epoch=on_epoch,
            )
            return expert._asdict()

        arrays, measured = train_experts(
            scratch, training.experts, training.epochs, HeadExperts._fields, train, engine, report
        )
        return Computed(arrays, spent={("expert", by): measured._replace(n=measured.n * n_rows)})

    own = training._asdict()
    for later in ("one_start", "two_tracks"):
        if not own[later]:
            del own[later]  # as it was when there was no other way
    inputs = {"pairs": list(keys), **own}
    n_epochs = training.experts * training.epochs
    cost = (Work("experts", "epochs of experts", n_epochs, "expert", by, each=n_rows),)
    return Step("head-experts", 1, inputs, compute, lambda entry: HeadExperts(**entry.arrays), cost)


def _seed(seed: int, number: int) -> int:
    """Of one expert; the same whatever the number of the others."""
    return int(np.random.SeedSequence([seed, number]).generate_state(1)[0])
