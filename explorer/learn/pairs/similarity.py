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
    """S = diag(own) + scale * left @ right.T, by (N,), (N, rank) and (N, rank).

    After `LowRankSimilarityGenerator` of silicx/LoRS_Distill, where `scale` is alpha / rank.
    """

    rank: int
    scale: float

    @property
    def parts(self) -> tuple[str, ...]:
        return ("own", "left", "right")

    def start(self, n: int, rng: torch.Generator) -> dict[str, torch.Tensor]:
        """`left` is drawn from a normal distribution, `right` is 0."""
        left = torch.empty(n, self.rank).normal_(generator=rng)
        return {"own": torch.ones(n), "left": left, "right": torch.zeros(n, self.rank)}

    def matrix(self, parts: Parts, rows: torch.Tensor) -> torch.Tensor:
        own, left, right = (parts[name][rows] for name in self.parts)
        return torch.diag(own) + self.scale * left @ right.T


class Shared(OfLowRank):
    """One of low rank that is the same from images to texts and from texts to images.

    After the idea of HoPA (arXiv 2604.10666), that all modalities share one structure of
    similarity; there is no code to compare with.
    """

    def matrix(self, parts: Parts, rows: torch.Tensor) -> torch.Tensor:
        one_way = super().matrix(parts, rows)
        return (one_way + one_way.T) / 2
