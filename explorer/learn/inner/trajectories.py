"""Trajectory matching: how inputs must change for a student to move as an expert moved.

A student takes T plain SGD steps, w_{i+1} = w_i - rate * g_i, from a point of an expert's
trajectory; its loss is its squared distance to a later point, over that of the start. Cazenavette
et al., CVPR 2022. Both gradients of it take the memory of one step and T + 1 vectors of weights,
and more while there is room.

Weights are by side, a flat (P,) vector each: one side for a classifier, two for an image and a text
tower. Sides have learning rates of their own, and one loss in common.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch

from explorer.learn.inner.step_gradients import Loss, StepGradients, Weights


class Segment(NamedTuple):
    """A piece of an expert's trajectory, each a (P,) vector by side."""

    start: Weights
    target: Weights


class Matched(NamedTuple):
    """How near students came, and the gradients of it."""

    losses: torch.Tensor  # (sides,) squared distances to the targets, over those of the starts
    inputs: Weights  # gradient of the loss, in the shape of each input
    rates: torch.Tensor  # (sides,) likewise
    path: list[Weights]  # (T + 1) weights, from the start to the end


def match_trajectory(
    loss: Loss,
    segment: Segment,
    rates: torch.Tensor,
    inputs: Sequence[torch.Tensor],
    steps: int,
    *,
    merged: bool = False,
    truncated: bool = False,
) -> Matched:
    """Trains a student for some steps, and differentiates how near it came to the target.

    The exact gradient goes back over the steps from the last to the first and carries along how
    the end depends on the weights of each: dL/dw_i = dL/dw_{i+1} - rate * H_i dL/dw_{i+1}.

    Args:
        loss: What the student lowers in each step, with the inputs in it.
        segment: Where it starts, and where it should end.
        rates: (sides,) learning rates.
        inputs: What is learned: tensors that require gradients, of any shapes.
        steps: T, how many steps the student takes.
        merged: Divides the sum of all sides' distances by the sum of those of the starts, instead
            of adding a quotient for each side.
        truncated: Takes the weights of each step as constants, as TESLA does (Cui et al., ICML
            2023), and the gradient of the rates from the quotients of each side, merged or not.
            From the second step on this is not the gradient of the loss.
    """
    rates = rates.detach()
    way = StepGradients(loss)
    path, gradients = _train(way, segment.start, rates, steps)
    gaps = [end - target for end, target in zip(path[-1], segment.target, strict=True)]
    lengths = torch.stack([_squared(a - b) for a, b in zip(*segment, strict=True)])
    own = tuple(2 * gap / length for gap, length in zip(gaps, lengths, strict=True))
    pull = tuple(2 * gap / lengths.sum() for gap in gaps) if merged else own  # dL/dw_T
    found = [torch.zeros_like(each) for each in inputs]
    by_rate = torch.zeros_like(rates)
    for step in reversed(range(steps)):
        by_rate -= _inner(own if truncated else pull, gradients[step])
        weights, taken = way.again(step, path[step])
        moved = [rate * p for rate, p in zip(rates, pull, strict=True)]
        change = -sum((m * g).sum() for m, g in zip(moved, taken, strict=True))
        wanted = [*inputs] if truncated else [*inputs, *weights]
        parts = torch.autograd.grad(change, wanted, allow_unused=True, materialize_grads=True)
        for total, part in zip(found, parts, strict=False):
            total += part
        if not truncated:
            carried = parts[len(inputs) :]
            pull = tuple(p + part for p, part in zip(pull, carried, strict=True))
    losses = torch.stack([_squared(gap) for gap in gaps]) / lengths
    return Matched(losses, tuple(found), by_rate, path)


def _train(
    way: StepGradients, start: Weights, rates: torch.Tensor, steps: int
) -> tuple[list[Weights], list[Weights]]:
    """The weights before each step and after the last, and the gradient that each step took."""
    path, gradients = [tuple(each.detach() for each in start)], []
    for step in range(steps):
        taken = way.take(step, path[-1])
        moved = zip(path[-1], rates, taken, strict=True)
        path.append(tuple(w - rate * g for w, rate, g in moved))
        gradients.append(taken)
    return path, gradients


def _squared(difference: torch.Tensor) -> torch.Tensor:
    return difference.square().sum()


def _inner(first: Weights, second: Weights) -> torch.Tensor:
    """(sides,) inner products."""
    return torch.stack([(a * b).sum() for a, b in zip(first, second, strict=True)])
