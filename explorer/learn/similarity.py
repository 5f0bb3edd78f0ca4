"""How much each text belongs to each image: nothing but its own, a free matrix, or one of low rank.

S is (N, N), rows images and columns texts. It starts as the identity and is not kept in [0, 1].
"""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

import torch

Parts = Mapping[str, torch.Tensor]
"""What of a similarity is learned, by name."""


class Similarity(Protocol):
    """A kind of similarity matrix."""

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of what is learned."""

    def start(self, n: int, rng: torch.Generator) -> dict[str, torch.Tensor]:
        """The parts of the identity (n, n)."""

    def matrix(self, parts: Parts, rows: torch.Tensor) -> torch.Tensor:
        """The block (B, B) of the pairs `rows`; differentiable in all parts."""


class Identity:
    """Every text belongs to its own image alone; nothing is learned."""

    parts: tuple[str, ...] = ()

    def start(self, n: int, rng: torch.Generator) -> dict[str, torch.Tensor]:
        return {}

    def matrix(self, parts: Parts, rows: torch.Tensor) -> torch.Tensor:
        return torch.eye(len(rows), device=rows.device)


class Full:
    """Every entry is learned for itself."""

    parts: tuple[str, ...] = ("matrix",)

    def start(self, n: int, rng: torch.Generator) -> dict[str, torch.Tensor]:
        return {"matrix": torch.eye(n)}

    def matrix(self, parts: Parts, rows: torch.Tensor) -> torch.Tensor:
        return parts["matrix"][rows][:, rows]


class OfLowRank(NamedTuple):
    """A diagonal and a product of two matrices of few columns."""

    rank: int
    scale: float  # of the product

    @property
    def parts(self) -> tuple[str, ...]:
        return ("own", "left", "right")

    def start(self, n: int, rng: torch.Generator) -> dict[str, torch.Tensor]:
        begun = LowRank.start(n, self.rank, self.scale * self.rank, rng)
        return {name: getattr(begun, name) for name in self.parts}

    def matrix(self, parts: Parts, rows: torch.Tensor) -> torch.Tensor:
        return LowRank(parts["own"], parts["left"], parts["right"], self.scale).matrix(rows)


class Shared(OfLowRank):
    """One of low rank that is the same from images to texts and from texts to images.

    After the idea of HoPA (arXiv 2604.10666), that all modalities share one structure of
    similarity; there is no code to compare with.
    """

    def matrix(self, parts: Parts, rows: torch.Tensor) -> torch.Tensor:
        one_way = super().matrix(parts, rows)
        return (one_way + one_way.T) / 2


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
