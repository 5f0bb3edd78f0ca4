"""Passes over a set that train something, and plain SGD on flat vectors of weights."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import torch

from explorer.learn.inner.step_gradients import Weights

Loss = Callable[[torch.Tensor, Weights], torch.Tensor]
"""Takes the numbers (B,) of a batch's rows and the weights; gives the mean loss of the batch."""
Pass = Iterable[torch.Tensor]
"""The batches of one pass, the numbers of their rows each."""


class Passed(NamedTuple):
    """Where training stands after a pass."""

    loss: float  # mean over the rows of the pass
    weights: Weights  # copies, which do not change when training goes on


def descend(
    loss: Loss,
    start: Weights,
    passes: Iterable[Pass],
    rates: Iterable[float],
    *,
    momentum: float = 0.0,
    weight_decay: float = 0.0,
    tenth_after: int | None = None,
) -> Iterator[Passed]:
    """Trains the weights of each side from `start` by SGD, and yields after each pass.

    There is one loss for all sides, and a rate for each, a tenth after `tenth_after` passes.
    """
    weights = tuple(each.detach().clone().requires_grad_() for each in start)
    groups = [{"params": [w], "lr": rate} for w, rate in zip(weights, rates, strict=True)]
    optimizer = torch.optim.SGD(groups, momentum=momentum, weight_decay=weight_decay)
    for number, batches in enumerate(passes):
        if number == tenth_after:
            for group in optimizer.param_groups:
                group["lr"] *= 0.1
        mean = one_pass(lambda rows: loss(rows, weights), batches, optimizer)
        yield Passed(mean, tuple(each.detach().clone() for each in weights))


def one_pass(
    loss: Callable[[torch.Tensor], torch.Tensor], batches: Pass, optimizer: torch.optim.Optimizer
) -> float:
    """Lowers the loss of each batch by one step of the optimizer.

    Returns:
        The mean over the rows of the pass, each as its batch found it.
    """
    total, n = 0.0, 0
    for rows in batches:
        value = loss(rows)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        total, n = total + value.item() * len(rows), n + len(rows)
    return total / max(n, 1)


def shuffled(n: int, batch: int, rng: torch.Generator, *, whole: bool = False) -> Pass:
    """One permutation of n rows in batches; with `whole`, a last smaller one is left out."""
    batches = torch.randperm(n, generator=rng).split(batch)
    return [rows for rows in batches if not whole or len(rows) == min(batch, n)]
