"""Experts: trajectories of two heads over frozen features, or of whole networks; cached."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from explorer.engine.engine import HERE, Engine
from explorer.models.parts import n_weights
from explorer.progress import Report
from explorer.steps.trained import require_number, train_experts
from explorer.store.step import Computed, Step, Work

if TYPE_CHECKING:
    from explorer.learn.networks.heads import Towers

BATCH = 128
"""Real pairs per step of an expert."""
_NO_EXPERT = 2**31  # a number that no expert has


class PairFeatures(NamedTuple):
    """What experts learn from."""

    image: np.ndarray
    """(N, F) features of a backbone; of a whole network (N, S, S, 3) uint8, what it is shown."""
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


class Sides(NamedTuple):
    """What experts are."""

    name: str  # of the step
    of: Callable[[PairFeatures], "Towers"]
    n_weights: int = 0  # of both sides, where they are many


def _heads(pairs: PairFeatures) -> "Towers":
    from explorer.learn.students.two_sided import heads_over

    return heads_over(pairs.image.shape[1], pairs.text.shape[1])


HEADS = Sides("head-experts", _heads)
"""Two heads over features."""


def whole(network: str, encoder: str, device: str) -> Sides:
    """All weights of a network, as `load_backbone` takes it, and a head of an encoder's texts."""

    def of(pairs: PairFeatures) -> "Towers":
        from explorer.learn.networks.whole import whole_over
        from explorer.models.backbones import load_backbone

        return whole_over(load_backbone(network, device), pairs.text.shape[1])

    return Sides("whole-experts", of, n_weights(network, encoder))


def head_experts(
    keys: tuple[str, ...],
    n_rows: int,
    training: Training,
    by: str,
    pairs: Callable[[], PairFeatures],
    engine: Engine = HERE,
    sides: Sides = HEADS,
) -> Step[HeadExperts]:
    """Trains experts one after the other; what was trained before an interruption is kept.

    `keys` are those of the images and the embeddings, and `by` names what is trained, for the rate;
    of the M rows there is the cost alone.
    """

    by = f"{by}, two tracks" if training.two_tracks else by
    n_bytes = 4 * sides.n_weights * training.experts * (training.epochs + 1)

    def compute(scratch: Path, report: Report) -> Computed:
        report(0.0, "Loading what trains experts")
        from explorer.learn.students.two_sided import train_expert  # late: it imports torch

        def train(number: int, on_epoch: Callable[[], None]) -> dict[str, np.ndarray]:
            def on_loss(loss: float) -> None:
                require_number(loss, "expert_rate")
                on_epoch()

            real = pairs()
            expert = train_expert(
                sides.of(real),
                *real,
                epochs=training.epochs,
                batch=BATCH,
                rate=training.rate,
                seed=_seed(training.seed, number),
                start_seed=_seed(training.seed, _NO_EXPERT) if training.one_start else None,
                partner_seed=_seed(training.seed, number ^ 1) if training.two_tracks else None,
                on_epoch=on_loss,
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
    work = Work("experts", "epochs of experts", n_epochs, "expert", by, n_rows, n_bytes)
    return Step(sides.name, 1, inputs, compute, lambda entry: HeadExperts(**entry.arrays), (work,))


def _seed(seed: int, number: int) -> int:
    """Of one expert; the same whatever the number of the others."""
    return int(np.random.SeedSequence([seed, number]).generate_state(1)[0])
