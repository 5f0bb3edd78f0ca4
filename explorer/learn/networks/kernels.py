"""Kernels of infinitely wide networks, and regression with any kernel.

NNGP and NTK with ReLU, weights of deviation sqrt(2) and biases of 0.1 in every layer, as in
`KIP.ipynb` of google-research (Nguyen et al., ICLR 2021), whose Myrtle networks are those of
Shankar et al. (2020). All in the type of the inputs; float64 is what regression with little
regularisation needs.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import torch
from torch.nn import functional

WEIGHT, BIAS = 2.0, 0.01
"""Variances."""
CONV, POOL = "convolution and ReLU", "average pooling"
"""Layers of convolutional networks: 3 x 3 with zeros beyond the border; 2 x 2."""
MYRTLES = {5: (1, 1, 1), 7: (1, 2, 2), 10: (2, 3, 3)}
"""Convolutions in the three stages of Myrtle networks, by depth; before them is one more."""
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


def linear(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """(A, B) inner products of flattened inputs."""
    return a.flatten(1) @ b.flatten(1).T


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


def _variances(x: torch.Tensor, layers: Sequence[str]) -> Iterator[torch.Tensor]:
    """(n, H, W) variance of each place before each ReLU."""
    own = torch.stack([_pixel_pairs(each[None], each[None])[0, 0] for each in x])[:, None]
    for layer in layers:
        if layer == POOL:
            own = _pool(own)
            continue
        own = WEIGHT * _convolve(own) + BIAS
        found = own[:, 0].diagonal(dim1=1, dim2=3).diagonal(dim1=1, dim2=2)
        yield found
        own = _relu(Pair(own, torch.zeros_like(own)), _outer(found, found, own_only=True)).nngp


def _outer(a: torch.Tensor, b: torch.Tensor, *, own_only: bool = False) -> torch.Tensor:
    """Roots of products of variances (n, H, W), at all pairs of places of all pairs of images."""
    if own_only:
        return a.sqrt()[:, None, :, :, None, None] * b.sqrt()[:, None, None, None]
    return a.sqrt()[:, None, :, :, None, None] * b.sqrt()[None, :, None, None]


def convolutional(a: torch.Tensor, b: torch.Tensor, blocks: int) -> Pair:
    """(A, B) kernels of the ConvNet: so many convolutions with pooling, then a linear layer."""
    pair = _through(a, b, (CONV, POOL) * blocks)
    flat = Pair(*(each.flatten(4).flatten(2, 3).diagonal(dim1=2, dim2=3).mean(2) for each in pair))
    return _dense(flat)


def myrtle(a: torch.Tensor, b: torch.Tensor, depth: int) -> Pair:
    """(A, B) kernels of a Myrtle network, which ends with the mean over all places.

    Raises:
        KeyError: `depth` is no key of `MYRTLES`.
    """
    first, second, last = MYRTLES[depth]
    stages = (CONV,) * (1 + first), (POOL,), (CONV,) * second, (POOL,), (CONV,) * last
    pair = _through(a, b, [layer for stage in stages for layer in stage])
    return _dense(Pair(*(each.mean(dim=(2, 3, 4, 5)) for each in pair)))


def _through(a: torch.Tensor, b: torch.Tensor, layers: Sequence[str]) -> Pair:
    """Kernels between all places of all pairs of images: memory grows with A * B * (H * W) ** 2."""
    pair = Pair(first := _pixel_pairs(a, b), torch.zeros_like(first))
    scales = zip(_variances(a, layers), _variances(b, layers), strict=True)
    for layer in layers:
        if layer == POOL:
            pair = Pair(*map(_pool, pair))
        else:
            pair = _relu(_convolved(pair), _outer(*next(scales)))
    return pair


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
