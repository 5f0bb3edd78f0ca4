"""Rules of descent: how a gradient becomes a step."""

from collections.abc import Callable
from typing import NamedTuple

import torch


class Rule(NamedTuple):
    """How a gradient becomes a step."""

    slots: tuple[str, ...]  # what is remembered of each parameter, by name
    direction: Callable[..., tuple[torch.Tensor, tuple[torch.Tensor, ...]]]
    """Takes the parameter, its gradient, the number of the step from 1 and what was remembered;
    gives what is subtracted, times the learning rate, and what is remembered from now on."""


def sgd(momentum: float) -> Rule:
    """Velocities that begin at 0."""

    def direction(
        param: torch.Tensor, gradient: torch.Tensor, step: int, velocity: torch.Tensor
    ) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
        velocity = velocity * momentum + gradient
        return velocity, (velocity,)

    return Rule(("velocity",), direction)


def adam(first: float = 0.9, second: float = 0.999, eps: float = 1e-8) -> Rule:
    """Adam (Kingma and Ba, ICLR 2015), by the decays of its two means."""
    return _of_two_means(first, second, eps, lambda gradient, mean: gradient, 0.0)


def rmsprop(keep: float, eps: float = 1e-8) -> Rule:
    """Gradients over the root of the moving mean of their squares (Tieleman and Hinton, 2012)."""

    def direction(
        param: torch.Tensor, gradient: torch.Tensor, step: int, square: torch.Tensor
    ) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
        square = square * keep + gradient.square() * (1 - keep)
        return gradient / (square.sqrt() + eps), (square,)

    return Rule(("square",), direction)


def adabelief(first: float = 0.9, second: float = 0.999, eps: float = 1e-16) -> Rule:
    """Adam by how far gradients are from their mean (Zhuang et al., NeurIPS 2020)."""
    return _of_two_means(first, second, eps, lambda gradient, mean: gradient - mean, eps)


def _of_two_means(
    first: float,
    second: float,
    eps: float,
    spread: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    floor: float,
) -> Rule:
    """The mean of gradients over the root of the mean of a square; both begin at 0.

    The square is that of `spread`, of a gradient and the mean; each step adds `floor` to it.
    """

    def direction(
        param: torch.Tensor,
        gradient: torch.Tensor,
        step: int,
        mean: torch.Tensor,
        square: torch.Tensor,
    ) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
        mean = mean * first + gradient * (1 - first)
        square = square * second + spread(gradient, mean).square() * (1 - second) + floor
        scale = (square / (1 - second**step)).sqrt() + eps
        return mean / (1 - first**step) / scale, (mean, square)

    return Rule(("mean", "square"), direction)


def lamb(first: float = 0.9) -> Rule:
    """Adam whose steps are as long as the parameter (You et al., ICLR 2020)."""
    inner = adam(first, eps=1e-6)

    def direction(
        param: torch.Tensor, gradient: torch.Tensor, step: int, *kept: torch.Tensor
    ) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
        found, kept = inner.direction(param, gradient, step, *kept)
        lengths = param.norm(), found.norm()
        trust = lengths[0] / lengths[1] if min(lengths) > 0 else 1.0
        return found * trust, kept

    return Rule(inner.slots, direction)
