"""Kernels of infinitely wide networks, and regression with any kernel.

NNGP and NTK with ReLU, weights of deviation sqrt(2) and biases of 0.1 in every layer, as in
`KIP.ipynb` of google-research (Nguyen et al., ICLR 2021). All in the type of the inputs; float64 is
what regression with little regularisation needs.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch.nn import functional

WEIGHT, BIAS = 2.0, 0.01
"""Variances."""
_SAME = 1e-12  # cosines nearer to 1 are of equal inputs, and have no gradient


class Pair(NamedTuple):
    """Both kernels between two batches."""

    nngp: torch.Tensor
    ntk: torch.Tensor


Kernel = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
"""Takes (A, C, H, W) and (B, C, H, W) images; gives (A, B), differentiable."""


def _relu(pair: Pair, scales: torch.Tensor) -> Pair:
    """After a ReLU; `scales` are the roots of both variances' product, in the kernel's shape."""
    cosine = (pair.nngp / scales).clamp(-1, 1)
    is_same = cosine > 1 - _SAME
    angle = torch.where(is_same, 0.0, torch.arccos(torch.where(is_same, 0.0, cosine)))
    left = math.pi - angle
    flat = torch.where(is_same, cosine.detach(), cosine)
    nngp = scales / (2 * math.pi) * (torch.sin(angle) + left * flat)
    return Pair(nngp, pair.ntk * left / (2 * math.pi))


def _dense(pair: Pair) -> Pair:
    """After a linear layer."""
    nngp = WEIGHT * pair.nngp + BIAS
    return Pair(nngp, WEIGHT * pair.ntk + nngp)


def fully_connected(a: torch.Tensor, b: torch.Tensor, hidden: int) -> Pair:
    """(A, B) kernels of a network with so many hidden layers, of flattened inputs."""
    a, b = a.flatten(1), b.flatten(1)
    size = a.shape[1]
    pair = _dense(Pair(a @ b.T / size, torch.zeros((), dtype=a.dtype)))
    own = [WEIGHT * x.square().mean(dim=1) + BIAS for x in (a, b)]
    for _ in range(hidden):
        pair = _dense(_relu(pair, own[0].sqrt()[:, None] * own[1].sqrt()[None]))
        own = [WEIGHT * each / 2 + BIAS for each in own]
    return pair


def _pixel_pairs(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """(A, B, H, W, H, W) inner products of the channels at all pairs of places."""
    return torch.einsum("achw,bcij->abhwij", a, b) / a.shape[1]


def _convolve(x: torch.Tensor) -> torch.Tensor:
    """The mean over nine offsets of both places; beyond the border is zero."""
    shape, side = x.shape, x.shape[-1]
    padded = functional.pad(x, (1, 1, 1, 1, 1, 1, 1, 1))
    total = torch.zeros(shape, dtype=x.dtype, device=x.device)
    for down in range(3):
        for right in range(3):
            rows, columns = slice(down, down + side), slice(right, right + side)
            total = total + padded[:, :, rows, columns, rows, columns]
    return total / 9


def _pool(x: torch.Tensor) -> torch.Tensor:
    """The mean over blocks of two by two of both places."""
    half = x.shape[-1] // 2
    cut = x[:, :, : 2 * half, : 2 * half, : 2 * half, : 2 * half]
    shaped: torch.Tensor = cut.reshape(*x.shape[:2], half, 2, half, 2, half, 2, half, 2)
    return shaped.mean(dim=(3, 5, 7, 9))


def _convolved(pair: Pair) -> Pair:
    nngp = WEIGHT * _convolve(pair.nngp) + BIAS
    return Pair(nngp, WEIGHT * _convolve(pair.ntk) + nngp)


def _variances(x: torch.Tensor, blocks: int) -> list[torch.Tensor]:
    """(n, H, W) variance of each place before the ReLU of each block."""
    found = []
    own = torch.stack([_pixel_pairs(each[None], each[None])[0, 0] for each in x])[:, None]
    for _ in range(blocks):
        own = WEIGHT * _convolve(own) + BIAS
        found.append(own[:, 0].diagonal(dim1=1, dim2=3).diagonal(dim1=1, dim2=2))
        scales = _outer(found[-1], found[-1], own_only=True)
        own = _pool(_relu(Pair(own, torch.zeros_like(own)), scales).nngp)
    return found


def _outer(a: torch.Tensor, b: torch.Tensor, *, own_only: bool = False) -> torch.Tensor:
    """Roots of products of variances (n, H, W), at all pairs of places of all pairs of images."""
    if own_only:
        return a.sqrt()[:, None, :, :, None, None] * b.sqrt()[:, None, None, None]
    return a.sqrt()[:, None, :, :, None, None] * b.sqrt()[None, :, None, None]


def convolutional(a: torch.Tensor, b: torch.Tensor, blocks: int) -> Pair:
    """(A, B) kernels of blocks of convolution, ReLU and average pooling, then a linear layer.

    Memory grows with A * B * (H * W) ** 2.
    """
    first = _pixel_pairs(a, b)
    pair = Pair(first, torch.zeros_like(first))
    scales = zip(_variances(a, blocks), _variances(b, blocks), strict=True)
    for of_a, of_b in scales:
        pair = _relu(_convolved(pair), _outer(of_a, of_b))
        pair = Pair(_pool(pair.nngp), _pool(pair.ntk))
    flat = Pair(*(each.flatten(4).flatten(2, 3).diagonal(dim1=2, dim2=3).mean(2) for each in pair))
    return _dense(flat)


def regress(
    of_learned: torch.Tensor,
    of_both: torch.Tensor,
    target: torch.Tensor,
    ridge: float,
) -> torch.Tensor:
    """What kernel ridge regression on a set says of other images.

    Args:
        of_learned: (K, K) kernel of the set's images.
        of_both: (B, K) kernel between the others and the set's.
        target: (K, C) of the set's images.
        ridge: Regularisation, times the mean of the kernel's diagonal.

    Returns:
        (B, C).
    """
    n = len(of_learned)
    eye = torch.eye(n, dtype=of_learned.dtype, device=of_learned.device)
    held = of_learned + ridge * of_learned.trace() / n * eye
    solved: torch.Tensor = torch.linalg.solve(held, target.to(held))
    return of_both @ solved
