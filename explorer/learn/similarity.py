"""How much each text belongs to each image, learned as a diagonal and a matrix of low rank."""

from typing import NamedTuple

import torch


class LowRank(NamedTuple):
    """S = diag(own) + scale * left @ right.T, (N, N), rows images and columns texts.

    After `LowRankSimilarityGenerator` of silicx/LoRS_Distill, where `scale` is alpha / rank.
    """

    own: torch.Tensor  # (N,)
    left: torch.Tensor  # (N, r)
    right: torch.Tensor  # (N, r)
    scale: float

    @classmethod
    def start(cls, n: int, rank: int, alpha: float, rng: torch.Generator) -> "LowRank":
        """The identity: `left` is drawn from a normal distribution, `right` is 0."""
        left = torch.empty(n, rank).normal_(generator=rng)
        return cls(torch.ones(n), left, torch.zeros(n, rank), alpha / rank)

    def matrix(self, rows: torch.Tensor | None = None) -> torch.Tensor:
        """S, or its block (B, B) of the pairs `rows`; differentiable in all three parts."""
        parts = self[:3] if rows is None else tuple(each[rows] for each in self[:3])
        own, left, right = parts
        return torch.diag(own) + self.scale * left @ right.T
