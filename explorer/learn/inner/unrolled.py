"""Unrolled training: how a set must change for the network that learns from it to fare better.

A network takes T steps of descent on the set, v <- momentum * v + g and w <- w - rate * v; its loss
on real images is differentiated back over all of them. Wang et al., 2018, without momentum; Deng
and Russakovsky, NeurIPS 2022, with it.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

import torch

from explorer.learn.inner.step_gradients import ROOM, StepGradients

Loss = Callable[[int, torch.Tensor], torch.Tensor]
"""Takes the number of a step and flat (P,) weights; gives the scalar loss of that step's batch. It
may be called twice for a step and must give the same both times."""
Outer = Callable[[torch.Tensor], torch.Tensor]
"""Takes the (P,) weights after the last step; gives the scalar that is lowered."""


class Descent(NamedTuple):
    """The steps of a network."""

    rates: torch.Tensor  # (T,)
    momenta: torch.Tensor  # (T,)
    damped: bool = False  # gradients count by what the momentum leaves, as in Maclaurin et al.

    def share(self, step: int) -> float:
        """How much of a step's gradient enters the velocity."""
        return 1 - self.momenta[step].item() if self.damped else 1.0


class Path(Protocol):
    """Weights and velocity, which go forward step by step and then back."""

    @property
    def weights(self) -> torch.Tensor:
        """(P,) where it is."""

    @property
    def velocity(self) -> torch.Tensor:
        """(P,) of the last step."""

    @property
    def room(self) -> int:
        """Bytes of the graphs of gradients that may be kept."""

    def step(self, gradient: torch.Tensor, rate: float, momentum: float, share: float) -> None:
        """Goes one step on."""

    def undo_weights(self, rate: float) -> None:
        """Weights are those before the last step."""

    def undo_velocity(self, gradient: torch.Tensor, momentum: float, share: float) -> None:
        """The velocity is that before the last step, whose gradient it was."""


class Kept:
    """A path whose every place is kept: two vectors of weights for each step."""

    room = ROOM

    def __init__(self, start: torch.Tensor) -> None:
        self.weights, self.velocity = start.detach(), torch.zeros_like(start)
        self._weights: list[torch.Tensor] = []
        self._velocities: list[torch.Tensor] = []

    def step(self, gradient: torch.Tensor, rate: float, momentum: float, share: float) -> None:
        self._weights.append(self.weights)
        self._velocities.append(self.velocity)
        self.velocity = momentum * self.velocity + share * gradient
        self.weights = self.weights - rate * self.velocity

    def undo_weights(self, rate: float) -> None:
        self.weights = self._weights.pop()

    def undo_velocity(self, gradient: torch.Tensor, momentum: float, share: float) -> None:
        self.velocity = self._velocities.pop()


class Unrolled(NamedTuple):
    """What the trained network lost, and the gradients of it."""

    loss: torch.Tensor  # scalar
    end: torch.Tensor  # (P,) weights after the last step
    inputs: tuple[torch.Tensor, ...]  # in the shape of each input
    rates: torch.Tensor  # (T,)
    momenta: torch.Tensor  # (T,)
    start: torch.Tensor  # (P,) of the weights before the first step


def unroll(
    loss: Loss,
    outer: Outer,
    start: torch.Tensor,
    descent: Descent,
    inputs: Sequence[torch.Tensor],
    path: Callable[[torch.Tensor], Path] = Kept,
) -> Unrolled:
    """Trains (P,) weights, and differentiates what they lose then in the inputs, of any shapes.

    `loss` is lowered in each step, with the inputs in it; `outer` is what is lost in the end. The
    path keeps, or finds again, where the network was.
    """
    rates, momenta = descent.rates.tolist(), descent.momenta.tolist()
    way = path(start)
    gradients = StepGradients(lambda step, weights: loss(step, weights[0]), way.room)
    for step, (rate, momentum) in enumerate(zip(rates, momenta, strict=True)):
        (taken,) = gradients.take(step, (way.weights,))
        way.step(taken, rate, momentum, descent.share(step))
    end = _leaf(way.weights)
    value = outer(end)
    (pull,) = torch.autograd.grad(value, end)
    pull_velocity = torch.zeros_like(pull)
    found = [torch.zeros_like(each) for each in inputs]
    by_rate, by_momentum = torch.zeros_like(descent.rates), torch.zeros_like(descent.momenta)
    for step in reversed(range(len(rates))):
        share, velocity = descent.share(step), way.velocity
        pull_velocity = pull_velocity - rates[step] * pull
        by_rate[step] = -(pull * velocity).sum()
        way.undo_weights(rates[step])
        (weights,), (taken,) = gradients.again(step, (way.weights,))
        way.undo_velocity(taken.detach(), momenta[step], share)
        before = way.velocity - taken.detach() if descent.damped else way.velocity
        by_momentum[step] = (pull_velocity * before).sum()
        change = (share * pull_velocity * taken).sum()
        parts = torch.autograd.grad(
            change, [*inputs, weights], allow_unused=True, materialize_grads=True
        )
        for total, part in zip(found, parts, strict=False):
            total += part
        pull = pull + parts[-1]
        pull_velocity = momenta[step] * pull_velocity
    return Unrolled(value.detach(), end.detach(), tuple(found), by_rate, by_momentum, pull)


def _leaf(weights: torch.Tensor) -> torch.Tensor:
    return weights.detach().requires_grad_()
