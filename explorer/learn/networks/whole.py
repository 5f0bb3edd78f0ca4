"""Whole image networks as one side of students: every weight of theirs is trained.

As in MTT-VL, TESLA-VL and LoRS, whose text side is a head over a frozen encoder. Statistics that a
network keeps of its training data stay as published: batches are too small to take others.
"""

from functools import cached_property

import numpy as np
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

from explorer.learn.networks.heads import Head, Towers
from explorer.models.backbones import Backbone


class Whole:
    """An image network as a function of a flat vector of its weights."""

    def __init__(self, backbone: Backbone) -> None:
        self._backbone = backbone

    @cached_property
    def _shapes(self) -> dict[str, torch.Size]:
        return {name: each.shape for name, each in self._backbone.weights.items()}

    @property
    def sizes(self) -> list[int]:
        """Of the tensors in the weights, in their order."""
        return [shape.numel() for shape in self._shapes.values()]

    def start(self, rng: torch.Generator) -> torch.Tensor:
        """(P,) weights as they were published; nothing is drawn."""
        return torch.cat([each.detach().flatten() for each in self._backbone.weights.values()])

    def __call__(self, weights: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        """Class scores (B, F) of (B, 3, H, W) levels in [0, 1], or prepared (B, H, W, 3) uint8."""
        levels = x.to(weights.device).permute(0, 3, 1, 2) / 255 if x.dtype == torch.uint8 else x
        parts = weights.split(self.sizes)
        shaped = zip(self._shapes.items(), parts, strict=True)
        named = {name: part.view(shape) for (name, shape), part in shaped}
        with sdpa_kernel(SDPBackend.MATH):  # fused attention has no second derivative
            return self._backbone.encode(levels, named)


def whole_over(backbone: Backbone, n_text: int) -> Towers:
    """The whole network, and a head of texts into a space as wide as its scores."""
    return Towers(Whole(backbone), Head(n_text, backbone.width))


class Stored:
    """(N, ...) rows of an array that may be memory-mapped, read when they are asked for."""

    def __init__(self, rows: np.ndarray) -> None:
        self._rows = rows
        self.ndim = rows.ndim

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, where: torch.Tensor | tuple[torch.Tensor, ...]) -> torch.Tensor:
        """Those with these numbers."""
        numbers = tuple(map(np.asarray, where)) if isinstance(where, tuple) else np.asarray(where)
        return torch.from_numpy(self._rows[numbers])
