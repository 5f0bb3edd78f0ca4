"""Labels of fixed images, from which networks learn the real ones.

Bohdal, Yang and Hospedales, 2020 (ondrejbohdal/label-distillation): a linear head on a network's
features is a moving mean of ridge regressions on the set, and its loss on real images lowers the
labels' error; or one step of the whole network is.
"""

from collections.abc import Callable

import torch
from torch.nn import functional

from explorer.learn.images.labelled import RealImages
from explorer.learn.images.regression import LABELS, balanced
from explorer.learn.networks.convnet import ConvNet, Weights
from explorer.learn.optimise import Gradients, Objective, Params, leaves_of, slopes
from explorer.learn.rules import adam

HEAD, FLAT, AGE, MEAN, SQUARE = "head", "flat", "age", "mean", "square"
"""What is carried: the moving head, the network, its steps of training, and Adam's memory."""
KEPT = 0.99
"""Share of the head that each step keeps."""


def base(source: RealImages, start: str, n: int, seed: int) -> torch.Tensor:
    """The (C * n, 3, S, S) images that stay, the same for the same seed."""
    return source.start(start, n, torch.Generator().manual_seed(seed))


def with_ones(features: torch.Tensor) -> torch.Tensor:
    """(B, F + 1) features with a column for the bias."""
    return torch.cat([features, features.new_ones(len(features), 1)], dim=1)


def ridge_head(features: torch.Tensor, labels: torch.Tensor, ridge: float) -> torch.Tensor:
    """(F, C) weights of the ridge regression of (K, C) labels on (K, F) features."""
    eye = torch.eye(len(features), dtype=features.dtype, device=features.device)
    solved: torch.Tensor = torch.linalg.solve(features @ features.T + ridge * eye, labels)
    return features.T @ solved


def by_ridge(
    of_learned: torch.Tensor,
    labels: torch.Tensor,
    of_real: torch.Tensor,
    classes: torch.Tensor,
    head: torch.Tensor,
    ridge: float,
) -> tuple[torch.Tensor, torch.Tensor]:
    """The loss on real images, differentiable in the labels, and the head as it is then.

    Args:
        of_learned: (K, F) features of the set's images.
        labels: (K, C) of theirs.
        of_real: (B, F) features of real images.
        classes: (B,) of theirs.
        head: (F, C) before.
        ridge: Of the regression.
    """
    now = KEPT * head + (1 - KEPT) * ridge_head(of_learned, labels, ridge)
    return functional.cross_entropy(of_real @ now, classes), now


def by_one_step(
    outputs: Callable[[Weights, torch.Tensor], torch.Tensor],
    weights: Weights,
    images: torch.Tensor,
    labels: torch.Tensor,
    real: torch.Tensor,
    classes: torch.Tensor,
    rate: float,
) -> torch.Tensor:
    """The loss on real images after one step on the set, differentiable in the labels."""
    leaves = leaves_of(weights)
    loss = functional.cross_entropy(outputs(leaves, images), labels)
    moved = {n: leaves[n] - rate * g for n, g in slopes(loss, leaves, graph=True).items()}
    return functional.cross_entropy(outputs(moved, real), classes)


def on_simplex(labels: torch.Tensor) -> torch.Tensor:
    """Labels between 0 and 1 whose rows add up to 1."""
    kept = labels.clamp(0, 1)
    return kept / kept.sum(dim=1, keepdim=True).clamp(min=1e-6)


def beginning(network: ConvNet, n: int, device: torch.device) -> Callable[..., Params]:
    """Even labels of n images, and a new network with an empty head."""

    def begin(rng: torch.Generator) -> Params:
        n_classes = network.n_classes
        labels = torch.full((n, n_classes), 1 / n_classes, device=device)
        return {LABELS: labels, **_anew(network, rng, device)}

    return begin


def _anew(network: ConvNet, rng: torch.Generator, device: torch.device) -> Params:
    flat = network.start(rng).to(device)
    n_features = network.shapes["classifier.weight"][1]
    head = torch.zeros((n_features + 1, network.n_classes), device=device)
    empty = torch.zeros_like(flat)
    return {HEAD: head, FLAT: flat, AGE: torch.zeros(()), MEAN: empty, SQUARE: empty.clone()}


def learning_labels(
    network: ConvNet,
    source: RealImages,
    images: Callable[[Params], torch.Tensor],
    *,
    way: str,
    batch: int,
    ridge: float,
    rate: float,
    restart: int,
) -> Objective:
    """The objective: labels by their loss on real images, in a network that learns from them.

    It begins anew after `restart` steps of its training, by Adam or of one plain step; the authors
    wait until it improves no more. `images` gives those of the set, which stay, and `way` is
    "ridge" or "step", as `by_ridge` and `by_one_step`.
    """
    rule = adam()

    def objective(params: Params, rng: torch.Generator) -> Gradients:
        carried = {n: params[n] for n in (HEAD, FLAT, AGE, MEAN, SQUARE)}
        if int(carried[AGE]) >= restart:
            carried = _anew(network, rng, params[LABELS].device)
        seen, real = images(params), balanced(source, batch, rng)
        weights, labels = network.named(carried[FLAT]), params[LABELS].detach().requires_grad_()
        if way == "ridge":
            with torch.no_grad():
                own = with_ones(network.features(weights, seen))
                others = with_ones(network.features(weights, real.images))
            loss, head = by_ridge(own, labels, others, real.classes, carried[HEAD], ridge)
            carried[HEAD] = head.detach()
        else:
            loss = by_one_step(
                network.outputs, weights, seen, labels, real.images, real.classes, rate
            )
        (gradient,) = torch.autograd.grad(loss, labels)
        carried |= _trained(carried, seen, labels.detach())
        return Gradients(loss.item(), {LABELS: gradient}, carried)

    def _trained(carried: Params, seen: torch.Tensor, labels: torch.Tensor) -> Params:
        flat = carried[FLAT].detach().requires_grad_()
        named = network.named(flat)
        if way == "ridge":
            logits = with_ones(network.features(named, seen)) @ carried[HEAD]
        else:
            logits = network.outputs(named, seen)
        loss = functional.cross_entropy(logits, on_simplex(labels))
        (gradient,) = torch.autograd.grad(loss, flat)
        age = int(carried[AGE]) + 1
        direction, kept = rule.direction(flat, gradient, age, carried[MEAN], carried[SQUARE])
        moved = flat.detach() - rate * direction
        return {FLAT: moved, AGE: carried[AGE] + 1, MEAN: kept[0], SQUARE: kept[1]}

    return objective
