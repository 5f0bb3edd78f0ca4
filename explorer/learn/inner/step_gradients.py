"""Gradients that are taken on the way forward, and differentiated on the way back.

To differentiate a gradient one needs the graph of its computation. As many as fit are kept; the
others are computed again, in the same way, which takes half as long again and gives the same bits.
"""

from collections.abc import Callable

import torch

Weights = tuple[torch.Tensor, ...]
"""Flat vectors of weights, of one network or of several that are trained together."""
Loss = Callable[[int, Weights], torch.Tensor]
"""Takes the number of a step and the weights; gives the scalar loss of that step's batch, twice
differentiable in the weights and the inputs. It may be called twice for a step and must give the
same both times, so what it draws must depend on the step alone."""

ROOM = 512 << 20
"""Bytes of all graphs that are kept."""
_OF_GRADIENT = 3
"""Bytes of a gradient's graph, in those that the loss keeps to be differentiated once."""


class StepGradients:
    """The gradients of each step's loss in the weights."""

    def __init__(self, loss: Loss, room: int = ROOM) -> None:
        self._loss, self._room = loss, room
        self._bytes: int | None = None  # of a step, from the first one on
        self._kept: dict[int, tuple[Weights, Weights]] = {}

    def take(self, step: int, weights: Weights) -> Weights:
        """The gradient at these weights, as constants."""
        leaves = _leaves(weights)
        if self._bytes is None:
            self._bytes = _OF_GRADIENT * _saved(lambda: self._loss(step, leaves))
        taken = torch.autograd.grad(self._loss(step, leaves), leaves, create_graph=True)
        if self._bytes * (len(self._kept) + 1) <= self._room:
            self._kept[step] = leaves, taken
        return tuple(each.detach() for each in taken)

    def again(self, step: int, weights: Weights) -> tuple[Weights, Weights]:
        """The weights and the gradient there, to be differentiated in weights and inputs, once."""
        if step in self._kept:
            return self._kept.pop(step)
        leaves = _leaves(weights)
        return leaves, torch.autograd.grad(self._loss(step, leaves), leaves, create_graph=True)


def _leaves(weights: Weights) -> Weights:
    return tuple(each.detach().requires_grad_() for each in weights)


def _saved(compute: Callable[[], object]) -> int:
    """Bytes that what is computed keeps to be differentiated."""
    seen: dict[int, int] = {}

    def count(tensor: torch.Tensor) -> None:
        storage = tensor.untyped_storage()
        seen[storage.data_ptr()] = storage.nbytes()

    with torch.autograd.graph.saved_tensors_hooks(count, lambda kept: kept):
        compute()
    return sum(seen.values())
