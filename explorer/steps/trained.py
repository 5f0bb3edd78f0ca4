"""What steps share that train experts: one piece for each, so that an interruption loses one."""

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from explorer.engine.engine import Engine, Piece, map_to_pieces
from explorer.errors import ConfigError
from explorer.progress import Measured, Progress, Report
from explorer.store.chunks import Chunks

Train = Callable[[int, Callable[[], None]], Mapping[str, np.ndarray]]
"""Takes the number of an expert, and what to call after each epoch; gives its weights by name."""


def require_number(loss: float, setting: str) -> None:
    """Raises where the loss of an expert is no number; `setting` is to be lowered then."""
    if not math.isfinite(loss):
        raise ConfigError(f"The loss of an expert is no number any more: lower {setting}.")


def train_experts(
    scratch: Path,
    n: int,
    epochs: int,
    names: Sequence[str],
    train: Train,
    engine: Engine,
    report: Report,
) -> tuple[dict[str, Path], Measured]:
    """Trains those of n experts that are not in the scratch folder yet.

    Returns:
        By name the (n, ...) arrays of all; and what the epochs took that were trained now.
    """
    chunks = Chunks(scratch / "experts")
    n_done = sum(chunks.has(number) for number in range(n)) * epochs
    progress = Progress(report, "Training experts, epochs", n * epochs, already=n_done)

    def piece(number: int) -> Piece:
        weights = train(number, progress.add)
        return Piece({name: weights[name][None] for name in names})

    n_pieces = sum(1 for _ in map_to_pieces(engine, piece, range(n), chunks))
    arrays = {name: chunks.join(name, n_pieces, scratch / f"{name}.npy") for name in names}
    return arrays, progress.measured
