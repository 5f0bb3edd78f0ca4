"""Projection heads as functions of a flat vector of weights, and two sides of a student."""

from typing import NamedTuple, Protocol

import torch
from torch.nn import functional


class Side(Protocol):
    """One side of a student: rows in a shared space, as a function of a flat vector of weights."""

    @property
    def sizes(self) -> list[int]:
        """Of the tensors in the weights, in their order."""

    def start(self, rng: torch.Generator) -> torch.Tensor:
        """(P,) weights to train from, on the device where they are trained."""

    def __call__(self, weights: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        """Places (B, ...) rows: (B, d)."""


class Head(NamedTuple):
    """Linear, GELU, linear, a residual around the last two, layer norm; without dropout.

    The weights lie behind each other as W1, b1, W2, b2, gain, bias, matrices row by row, after
    `ProjectionHead` of `networks.py` of silicx/LoRS_Distill.
    """

    n_in: int
    n_out: int

    @property
    def sizes(self) -> list[int]:
        """Of the tensors in the weights, in their order."""
        wide = self.n_out
        return [wide * self.n_in, wide, wide * wide, wide, wide, wide]

    @property
    def size(self) -> int:
        """P, the number of its weights."""
        return sum(self.sizes)

    def start(self, rng: torch.Generator) -> torch.Tensor:
        """(P,) weights as PyTorch starts its layers, but drawn from `rng`."""
        parts = []
        for n_in, own in ((self.n_in, self.sizes[:2]), (self.n_out, self.sizes[2:4])):
            bound = n_in**-0.5
            parts += [torch.empty(n).uniform_(-bound, bound, generator=rng) for n in own]
        return torch.cat([*parts, torch.ones(self.n_out), torch.zeros(self.n_out)])

    def __call__(self, weights: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        """Projects (B, n_in) rows to (B, n_out)."""
        enter, enter_bias, mix, mix_bias, gain, bias = weights.split(self.sizes)
        entered = functional.linear(x, enter.view(self.n_out, self.n_in), enter_bias)
        mixed = functional.linear(
            functional.gelu(entered), mix.view(self.n_out, self.n_out), mix_bias
        )
        return functional.layer_norm(mixed + entered, (self.n_out,), gain, bias)


class Towers(NamedTuple):
    """An image side and a text side; weights of both are (image, text), flat vectors."""

    image: Side
    text: Head

    def start(self, rng: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        """What both sides are trained from, on one device."""
        image = self.image.start(rng)
        return image, self.text.start(rng).to(image.device)

    def cosines(
        self, weights: tuple[torch.Tensor, ...], image: torch.Tensor, text: torch.Tensor
    ) -> torch.Tensor:
        """(N, M) cosines of (N, ...) images and (M, ...) texts in the shared space."""
        seen = self.image(weights[0], image)
        read = self.text(weights[1], text)
        return unit(seen) @ unit(read).T


def unit(rows: torch.Tensor) -> torch.Tensor:
    """Rows divided by their lengths."""
    lengths: torch.Tensor = rows.norm(dim=1, keepdim=True)
    return rows / lengths
