"""Gradients of where training ends, without its way there (implicit differentiation).

Lorraine, Vicol and Duvenaud, AISTATS 2020: at a minimum of the training loss, a change of the
inputs moves the weights by minus the inverse Hessian times the mixed derivative.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch

Product = Callable[[torch.Tensor], torch.Tensor]
"""The Hessian of the training loss times a (P,) vector."""
Solve = Callable[[Product, torch.Tensor], torch.Tensor]
"""The inverse Hessian times a (P,) vector, more or less."""
Loss = Callable[[torch.Tensor], torch.Tensor]
"""A scalar of flat (P,) weights."""


def neumann(product: Product, vector: torch.Tensor, terms: int, rate: float) -> torch.Tensor:
    """The first terms of the series of the inverse: rate * sum of (1 - rate * H)^j v, j <= terms.

    It converges where `rate` times every eigenvalue lies between 0 and 2.
    """
    total = term = vector
    for _ in range(terms):
        term = term - rate * product(term)
        total = total + term
    return rate * total


def conjugate_gradient(product: Product, vector: torch.Tensor, terms: int) -> torch.Tensor:
    """As many steps of conjugate gradients; it stops where a direction has no curvature."""
    solved, rest = torch.zeros_like(vector), vector
    direction, length = rest, rest @ rest
    for _ in range(terms):
        bent = product(direction)
        curvature = direction @ bent
        if curvature <= 1e-12 * length:
            break
        solved = solved + length / curvature * direction
        rest = rest - length / curvature * bent
        length, before = rest @ rest, length
        direction = rest + length / before * direction
    return solved


def solver(kind: str, terms: int, rate: float, share: float = 1.0) -> Solve:
    """The inverse Hessian by terms of a "series" of this rate, or steps of "conjugate" gradients.

    The series is taken times `share`; 1 / rate leaves its factor out.
    """

    def solve(product: Product, vector: torch.Tensor) -> torch.Tensor:
        if kind == "series":
            return share * neumann(product, vector, terms, rate)
        return conjugate_gradient(product, vector, terms)

    return solve


class Hypergradient(NamedTuple):
    """What a trained network lost, and the gradients of it."""

    loss: torch.Tensor  # scalar
    inputs: tuple[torch.Tensor, ...]  # in the shape of each input
    solved: torch.Tensor  # (P,) what stands for the inverse Hessian times the gradient


def hypergradient(
    train: Loss,
    outer: Loss,
    weights: torch.Tensor,
    inputs: Sequence[torch.Tensor],
    solve: Solve,
) -> Hypergradient:
    """How what trained (P,) weights lose depends on the inputs of the training loss, of any shapes.

    The `outer` loss depends on them through the weights alone; `solve` applies the inverse Hessian.
    """
    flat = weights.detach().requires_grad_()
    value = outer(flat)
    (pull,) = torch.autograd.grad(value, flat)
    (taken,) = torch.autograd.grad(train(flat), flat, create_graph=True)

    def product(vector: torch.Tensor) -> torch.Tensor:
        (found,) = torch.autograd.grad(taken, flat, vector, retain_graph=True)
        return found

    solved = solve(product, pull)
    found = torch.autograd.grad(taken, list(inputs), -solved)
    return Hypergradient(value.detach(), found, solved)
