"""Training that seeks flat places: each step also lowers the loss at the worst point near by.

GSAM (Zhuang et al., ICLR 2022) with ASAM's scale of that neighbourhood (Kwon et al., ICML 2021), as
`gsam.py` of AngusDujw/FTD-distillation.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import torch

from explorer.learn.inner.descent import Pass, Passed

_EPS = 1e-12
BatchLoss = Callable[[torch.Tensor], torch.Tensor]
"""Takes flat weights (P,); gives the mean loss of one batch, the same whenever it is called."""


class Flatness(NamedTuple):
    """How flat places are sought."""

    radius: float  # of the neighbourhood
    weight: float  # of the gradient's part that does not lower the worst loss
    adaptive: bool  # whether the neighbourhood is wider along larger weights


class Found(NamedTuple):
    """The gradient of one step."""

    loss: float  # at the weights themselves
    gradient: torch.Tensor  # (P,)


def flat_gradient(loss: BatchLoss, weights: torch.Tensor, how: Flatness) -> Found:
    """The gradient at the worst point near the weights, less what is across to it."""
    value, own = _at(loss, weights)
    scale = weights.square() if how.adaptive else torch.ones_like(weights)
    length = ((weights.abs() if how.adaptive else 1.0) * own).norm()
    _, worst = _at(loss, weights + how.radius * scale * own / (length + _EPS))
    own_length, worst_length = own.norm(), worst.norm()
    cosine = own @ worst / (own_length * worst_length + _EPS)
    across = own - cosine * own_length * worst / (worst_length + _EPS)
    return Found(value, worst - how.weight * across)


def _at(loss: BatchLoss, weights: torch.Tensor) -> tuple[float, torch.Tensor]:
    leaf = weights.detach().requires_grad_()
    value = loss(leaf)
    (gradient,) = torch.autograd.grad(value, leaf)
    return value.item(), gradient


def flatly(
    batch: Callable[[torch.Tensor], BatchLoss],
    start: torch.Tensor,
    passes: Iterable[Pass],
    rate: float,
    how: Flatness,
) -> Iterator[Passed]:
    """Trains (P,) weights from `start` by such gradients, and yields after each pass.

    `batch` takes the numbers of a batch's rows, and gives their loss.
    """
    weights = start.detach().clone()
    for batches in passes:
        total, n = 0.0, 0
        for rows in batches:
            found = flat_gradient(batch(rows), weights, how)
            weights = weights - rate * found.gradient
            total, n = total + found.loss * len(rows), n + len(rows)
        yield Passed(total / max(n, 1), (weights,))
