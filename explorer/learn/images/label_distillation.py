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
"""What is carried: the moving head; the network, and behind it the scale of the head; how many
steps have met it, and Adam's memory."""
KEPT = 0.99
"""Share of the head that each step keeps."""
SCALE_RATE = 0.01
"""How fast the scale of the head is learned, by Adam."""


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
    scale: torch.Tensor,
    ridge: float,
) -> tuple[torch.Tensor, torch.Tensor]:
    """The loss on real images, differentiable in the labels, and the head as it is then.

    Args:
        of_learned: (K, F) features of the set's images.
        labels: (K, C) of theirs.
        of_real: (B, F) features of real images.
        classes: (B,) of theirs.
        head: (F, C) before.
        scale: Of what the head says, a scalar.
        ridge: Of the regression.
    """
    now = KEPT * head + (1 - KEPT) * ridge_head(of_learned, labels, ridge)
    return functional.cross_entropy(of_real @ (scale * now), classes), now


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
    flat = torch.cat([network.start(rng), torch.ones(1)]).to(device)
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

    It is trained on the labels as they are before each step that meets it again, and begins anew
    after `restart` of them; the authors wait until it improves no more. `images` gives those of the
    set, which stay, and `way` is "ridge" or "step", as `by_ridge` and `by_one_step`.
    """

    def objective(params: Params, rng: torch.Generator) -> Gradients:
        carried = {n: params[n] for n in (HEAD, FLAT, AGE, MEAN, SQUARE)}
        seen = images(params)
        if int(carried[AGE]) >= restart:
            carried = _anew(network, rng, params[LABELS].device)
        elif carried[AGE]:
            carried |= trained(network, carried, seen, params[LABELS], way=way, rate=rate)
        carried[AGE] = carried[AGE] + 1
        real = balanced(source, batch, rng)
        weights, scale = network.named(carried[FLAT][:-1]), carried[FLAT][-1]
        labels = params[LABELS].detach().requires_grad_()
        if way == "ridge":
            with torch.no_grad():
                own = with_ones(network.features(weights, seen))
                others = with_ones(network.features(weights, real.images))
            head = carried[HEAD]
            loss, head = by_ridge(own, labels, others, real.classes, head, scale, ridge)
            carried[HEAD] = head.detach()
        else:
            loss = by_one_step(
                network.outputs, weights, seen, labels, real.images, real.classes, rate
            )
        (gradient,) = torch.autograd.grad(loss, labels)
        return Gradients(loss.item(), {LABELS: gradient}, carried)

    return objective


def trained(
    network: ConvNet,
    carried: Params,
    images: torch.Tensor,
    labels: torch.Tensor,
    *,
    way: str,
    rate: float,
) -> Params:
    """The network and the scale after a step of Adam on (K, C) labels of (K, C, S, S) images.

    It is the first step of a network that one step of labels has met.
    """
    flat = carried[FLAT].detach().requires_grad_()
    weights, scale = network.named(flat[:-1]), flat[-1]
    if way == "ridge":
        logits = with_ones(network.features(weights, images)) @ (scale * carried[HEAD])
    else:
        logits = network.outputs(weights, images)
    loss = functional.cross_entropy(logits, on_simplex(labels))
    (gradient,) = torch.autograd.grad(loss, flat)
    age, memory = int(carried[AGE]), (carried[MEAN], carried[SQUARE])
    direction, kept = adam().direction(flat, gradient, age, *memory)
    rates = torch.full_like(direction, rate)
    rates[-1] = SCALE_RATE
    moved = flat.detach() - rates * direction
    return {FLAT: moved, MEAN: kept[0], SQUARE: kept[1]}
