"""Sets that are learned together with a network that learns from them, warm or cold.

A warm network goes on from where the last step left it, a cold one begins anew in every step (Vicol
et al., ICML 2022).
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch.nn import functional

from explorer.learn.images.labelled import IMAGES, RealImages
from explorer.learn.images.policies import NETWORK
from explorer.learn.images.regression import balanced
from explorer.learn.inner.implicit import Solve, hypergradient
from explorer.learn.inner.unrolled import Descent, unroll
from explorer.learn.networks.augment import draw
from explorer.learn.networks.convnet import ConvNet
from explorer.learn.optimise import Gradients, Objective, Params
from explorer.learn.rules import Rule

AGE = "age"
"""How many steps the network was trained for is called so among the parameters."""


class Inner(NamedTuple):
    """How the network is trained on the set in each step."""

    steps: int
    rate: float
    rule: Rule
    weight_decay: float  # half of it times the squared weights is part of the loss
    is_warm: bool
    augmentation: tuple[str, ...]
    real_batch: int  # real images that it is judged by


def beginning(network: ConvNet, inner: Inner, device: torch.device) -> Callable[..., Params]:
    """A random network that was not trained, and the memory of its training."""

    def begin(rng: torch.Generator) -> Params:
        flat = network.start(rng).to(device)
        memory = {f"{NETWORK}.{slot}": torch.zeros_like(flat) for slot in inner.rule.slots}
        return {NETWORK: flat, AGE: torch.zeros((), dtype=torch.long), **memory}

    return begin


def bilevel(
    network: ConvNet,
    source: RealImages,
    target: torch.Tensor,
    inner: Inner,
    solve: Solve | None,
) -> Objective:
    """The objective: images by what the network that was trained on them loses on real ones.

    `target` (K,) has the classes of the learned ones. `solve` applies the inverse Hessian where
    training ends; None unrolls its steps instead, which are plain then.
    """
    begin = beginning(network, inner, target.device)

    def objective(params: Params, rng: torch.Generator) -> Gradients:
        carried = {n: p for n, p in params.items() if n != IMAGES}
        if not inner.is_warm:
            carried = begin(rng)
        images = params[IMAGES].detach().requires_grad_()
        call = draw(rng, inner.augmentation)
        real = balanced(source, inner.real_batch, rng)

        def train(flat: torch.Tensor) -> torch.Tensor:
            logits = network.outputs(network.named(flat), call(images))
            decay = inner.weight_decay / 2 * flat.square().sum()
            return functional.cross_entropy(logits, target) + decay

        def outer(flat: torch.Tensor) -> torch.Tensor:
            logits = network.outputs(network.named(flat), call(real.images))
            return functional.cross_entropy(logits, real.classes)

        if solve is None:
            rates = torch.full((inner.steps,), inner.rate)
            descent = Descent(rates, torch.zeros_like(rates))
            found = unroll(
                lambda step, flat: train(flat), outer, carried[NETWORK], descent, [images]
            )
            carried |= {NETWORK: found.end, AGE: carried[AGE] + inner.steps}
            return Gradients(found.loss.item(), {IMAGES: found.inputs[0]}, carried)
        carried = trained(carried, train, inner)
        ended = hypergradient(train, outer, carried[NETWORK], [images], solve)
        return Gradients(ended.loss.item(), {IMAGES: ended.inputs[0]}, carried)

    return objective


def trained(carried: Params, loss: Callable[[torch.Tensor], torch.Tensor], inner: Inner) -> Params:
    """The network after its steps, and their memory."""
    flat, age = carried[NETWORK], int(carried[AGE])
    memory = tuple(carried[f"{NETWORK}.{slot}"] for slot in inner.rule.slots)
    for step in range(age + 1, age + inner.steps + 1):
        leaf = flat.detach().requires_grad_()
        (gradient,) = torch.autograd.grad(loss(leaf), leaf)
        direction, memory = inner.rule.direction(flat, gradient, step, *memory)
        flat = flat - inner.rate * direction
    kept = {f"{NETWORK}.{slot}": m for slot, m in zip(inner.rule.slots, memory, strict=True)}
    return {NETWORK: flat, AGE: carried[AGE] + inner.steps, **kept}
