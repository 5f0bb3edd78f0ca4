"""Sets that are judged by networks trained on them for some steps: DD and what follows it."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch.nn import functional

from explorer.learn.images.labelled import RealImages
from explorer.learn.images.regression import LABELS, balanced
from explorer.learn.inner.unrolled import Descent, Kept, Loss, Path, unroll
from explorer.learn.networks.augment import Augmentation, draw
from explorer.learn.networks.convnet import ConvNet
from explorer.learn.optimise import Gradients, Objective, Params, leaves_of

RATES = "rates"
"""What the learned rates of a network's steps are called among the parameters, before softplus."""


class Rendered(NamedTuple):
    """A set as a step finds it, differentiable in the parameters."""

    images: torch.Tensor  # (K, 3, S, S)
    labels: torch.Tensor  # (K,) classes or (K, C) learned labels
    rates: torch.Tensor  # (T,) of the network's steps


class Unrolling(NamedTuple):
    """How networks are trained on the set, and what they are judged by."""

    render: Callable[[Params], Rendered]
    rows: Callable[[int, torch.Generator], torch.Tensor]
    """Takes the number of a network's step; gives the rows of the set in its batch."""
    real_batch: int  # real images that a trained network is judged by
    momentum: float = 0.0
    damped: bool = False  # as of `unrolled.Descent`
    augmentation: tuple[str, ...] = ()  # of both; groups of `augment.GROUPS`
    networks: int = 1  # whose gradients make a step together
    fixed: torch.Tensor | None = None  # flat weights that all begin with; None for random ones
    path: Callable[[torch.Tensor], Path] = Kept


def unrolling(network: ConvNet, source: RealImages, how: Unrolling) -> Objective:
    """The objective: what trained networks lose on real images, as their mean."""

    def objective(params: Params, rng: torch.Generator) -> Gradients:
        leaves = leaves_of(params)
        rendered = how.render(leaves)
        rates = rendered.rates.detach()
        images = rendered.images.detach().requires_grad_()
        learns_labels = rendered.labels.requires_grad
        labels = rendered.labels.detach().requires_grad_(learns_labels)
        inputs = [images, labels] if learns_labels else [images]
        found = [torch.zeros_like(each) for each in (*inputs, rates)]
        loss = 0.0
        for _ in range(how.networks):
            batches = [how.rows(step, rng).to(images.device) for step in range(len(rates))]
            calls = [draw(rng, how.augmentation) for _ in batches]
            one = unroll(
                batch_loss(network, images, labels, batches, calls),
                _judged(network, source, how, rng),
                _start(network, how, rng, images.device),
                Descent(rates, torch.full_like(rates, how.momentum), how.damped),
                inputs,
                how.path,
            )
            loss += one.loss.item() / how.networks
            for total, part in zip(found, (*one.inputs, one.rates), strict=True):
                total += part / how.networks
        return Gradients(loss, _back(leaves, rendered, found))

    return objective


def batch_loss(
    network: ConvNet,
    images: torch.Tensor,
    labels: torch.Tensor,
    batches: list[torch.Tensor],
    calls: Sequence[Augmentation],
) -> Loss:
    """What a network lowers in each step: the cross-entropy of that step's images."""

    def loss(step: int, flat: torch.Tensor) -> torch.Tensor:
        rows = batches[step]
        logits = network.outputs(network.named(flat), calls[step](images[rows]))
        return functional.cross_entropy(logits, labels[rows])

    return loss


def _judged(
    network: ConvNet, source: RealImages, how: Unrolling, rng: torch.Generator
) -> Callable[[torch.Tensor], torch.Tensor]:
    real = balanced(source, how.real_batch, rng)
    seen = draw(rng, how.augmentation)(real.images)

    def outer(flat: torch.Tensor) -> torch.Tensor:
        return functional.cross_entropy(network.outputs(network.named(flat), seen), real.classes)

    return outer


def _start(
    network: ConvNet, how: Unrolling, rng: torch.Generator, device: torch.device
) -> torch.Tensor:
    if how.fixed is not None:
        return how.fixed.to(device)
    return network.start(rng).to(device)


def _back(leaves: Params, rendered: Rendered, found: list[torch.Tensor]) -> Params:
    """Gradients of the parameters from those of what they render."""
    ends = [rendered.images, rendered.labels, rendered.rates]
    if not rendered.labels.requires_grad:
        del ends[1]
    pairs = [(end, g) for end, g in zip(ends, found, strict=True) if end.requires_grad]
    outputs, gradients = zip(*pairs, strict=True)
    parts = torch.autograd.grad(outputs, list(leaves.values()), gradients, allow_unused=True)
    return {n: g for n, g in zip(leaves, parts, strict=True) if g is not None}


def first_weights(network: ConvNet, seed: int) -> torch.Tensor:
    """(P,) weights of a random network, the same for the same seed."""
    return network.start(torch.Generator().manual_seed(seed))


def one_hot(classes: torch.Tensor, n_classes: int) -> torch.Tensor:
    """(K, C) float32 labels that are learned from there on."""
    return functional.one_hot(classes, n_classes).float()


def at_one_rate(
    images: Callable[[Params], torch.Tensor], classes: torch.Tensor, rate: float, steps: int
) -> Callable[[Params], Rendered]:
    """Renders images with their classes, for so many steps of one rate."""
    rates = torch.full((steps,), rate, device=classes.device)
    return lambda params: Rendered(images(params), classes, rates)


def one_of_each(n_classes: int, n: int) -> Callable[[int, torch.Generator], torch.Tensor]:
    """Rows of a step: image `step % n` of each class."""
    return lambda step, rng: torch.arange(n_classes) * n + step % n


def all_rows(n: int) -> Callable[[int, torch.Generator], torch.Tensor]:
    return lambda step, rng: torch.arange(n)


def some_of_each(
    n_classes: int, n: int, drawn: int
) -> Callable[[int, torch.Generator], torch.Tensor]:
    """Rows of a step: so many images of each class at random."""

    def rows(step: int, rng: torch.Generator) -> torch.Tensor:
        own = [c * n + torch.randperm(n, generator=rng)[:drawn] for c in range(n_classes)]
        return torch.cat(own)

    return rows


def with_rates(
    images: Callable[[torch.Generator], Params], rate: float, steps: int
) -> Callable[[torch.Generator], Params]:
    """What learning begins with, and the same learned rate for each of a network's steps."""
    raw = torch.tensor(rate, dtype=torch.float64).expm1().log().item()  # softplus undone

    def begin(rng: torch.Generator) -> Params:
        params = images(rng)
        return {**params, RATES: next(iter(params.values())).new_full((steps,), raw)}

    return begin


def rated(
    images: Callable[[Params], torch.Tensor], classes: torch.Tensor
) -> Callable[[Params], Rendered]:
    """Renders images, learned labels where there are any, and learned rates."""

    def render(params: Params) -> Rendered:
        labels = params.get(LABELS, classes)
        return Rendered(images(params), labels, functional.softplus(params[RATES]))

    return render
