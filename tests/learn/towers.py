"""Toy towers and networks of the recorded cases, and cases as tensors."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import torch

from explorer.learn.networks.convnet import ConvNet


class Linear(NamedTuple):
    """x.flatten(1) @ W.T + b; weights are W row by row, then b."""

    n_in: int
    n_out: int

    @property
    def size(self) -> int:
        return self.n_out * (self.n_in + 1)

    def start(self, rng: torch.Generator) -> torch.Tensor:
        return torch.randn(self.size, generator=rng)

    def __call__(self, weights: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        matrix, bias = weights.split([self.n_out * self.n_in, self.n_out])
        return x.flatten(1) @ matrix.view(self.n_out, self.n_in).T + bias


def tensors(arrays: Mapping[str, np.ndarray]) -> dict[str, torch.Tensor]:
    """The numbers of a case; texts are left out."""
    return {n: torch.tensor(each) for n, each in arrays.items() if each.dtype.kind in "fi"}


def convnet_of(
    weights: Mapping[str, np.ndarray], size: int, norm: str = "instancenorm", n_classes: int = 0
) -> ConvNet:
    """The ConvNet that has such weights, for images of so many pixels a side."""
    kernels = [each for each in weights.values() if each.ndim == 4]
    return ConvNet(
        size=size,
        n_classes=n_classes or len(weights["classifier.bias"]),
        channels=kernels[0].shape[1],
        width=len(kernels[0]),
        depth=len(kernels),
        norm=norm,
    )


def close(found: torch.Tensor, expected: torch.Tensor, rtol: float = 1e-6) -> None:
    """Equal to the tolerance of float64 cases."""
    scale = float(expected.abs().max()) if expected.numel() else 1.0
    torch.testing.assert_close(found.detach(), expected, rtol=rtol, atol=rtol * scale * 1e-3)
