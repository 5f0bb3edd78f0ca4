"""Blending of representations within a batch, after RepBlend (Zhang et al., arXiv 2505.14705)."""

from typing import NamedTuple

import numpy as np
import torch


class Blend(NamedTuple):
    """How much of each row is kept, and which row of the batch the rest is taken from."""

    kept: float
    order: torch.Tensor  # (B,) int64, a permutation

    @classmethod
    def draw(cls, n: int, alpha: float, rng: np.random.Generator) -> "Blend":
        """A share from Beta(alpha, alpha), uniform at 1, and one permutation of n rows."""
        return cls(float(rng.beta(alpha, alpha)), torch.from_numpy(rng.permutation(n)))

    def __call__(self, rows: torch.Tensor) -> torch.Tensor:
        """Blends (B, D) rows with each other; both sides of pairs need the same blend."""
        return self.kept * rows + (1 - self.kept) * rows[self.order]
