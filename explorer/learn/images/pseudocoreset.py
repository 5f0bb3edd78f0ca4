"""Bayesian pseudocoresets: sets whose posterior of weights is that of the real images.

Kim et al., NeurIPS 2022; `train.py` of balhaekim/BPC-Divergences. Posteriors are normal around
where training ends. The Wasserstein distance of two such is that of trajectory matching; here are
the two Kullback-Leibler divergences.
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch.nn import functional

from explorer.learn.images.following import Following, batches_of, segment_of
from explorer.learn.images.labelled import IMAGES, RealImages
from explorer.learn.images.regression import Batch, balanced
from explorer.learn.networks.augment import Augmentation, draw
from explorer.learn.networks.convnet import ConvNet
from explorer.learn.optimise import Gradients, Objective, Params

Outputs = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
"""Takes flat (P,) weights and images; gives logits."""


def forward_divergence(
    outputs: Outputs,
    images: torch.Tensor,
    labels: torch.Tensor,
    student: torch.Tensor,
    target: torch.Tensor,
    noise: Sequence[tuple[torch.Tensor, torch.Tensor]],
    calls: Sequence[Augmentation],
) -> torch.Tensor:
    """How much better (K, C, H, W) images are explained by a student at its end than by its target.

    It is differentiable in the images; the student (P,) is a constant. Noise is added to both,
    pairs of (P,) numbers, each with an augmentation among `calls`.
    """
    found = []
    for (first, second), call in zip(noise, calls, strict=True):
        x = call(images)
        of_student = functional.cross_entropy(outputs(student + first, x), labels)
        found.append(functional.cross_entropy(outputs(target + second, x), labels) - of_student)
    return torch.stack(found).mean()


def reverse_gradient(
    outputs: Outputs,
    images: torch.Tensor,
    labels: torch.Tensor,
    real: Batch,
    student: torch.Tensor,
    noise: Sequence[torch.Tensor],
    calls: Sequence[Augmentation],
) -> torch.Tensor:
    """The gradient of the divergence from a set's posterior to that of the real images.

    It is minus the covariance, over the draws, of a set's gradient with how much better the draw
    explains real images than the set. Draws are the student (P,) with noise, each with an
    augmentation of the set among `calls`.
    """
    of_real, of_set, slopes = [], [], []
    for each, call in zip(noise, calls, strict=True):
        weights = student + each
        x = images.detach().requires_grad_()
        with torch.no_grad():
            of_real.append(-functional.cross_entropy(outputs(weights, real.images), real.classes))
            of_set.append(-functional.cross_entropy(outputs(weights, images), labels))
        fits = -functional.cross_entropy(outputs(weights, call(x)), labels, reduction="sum")
        slopes.append(torch.autograd.grad(fits, x)[0])
    better = torch.stack(of_real) - torch.stack(of_set)
    better = better - better.mean()
    slope = torch.stack(slopes)
    return -torch.einsum("s,s...->...", better, slope - slope.mean(dim=0)) / len(noise)


def diverging(
    network: ConvNet,
    experts: np.ndarray,
    source: RealImages,
    target: torch.Tensor,
    how: Following,
    *,
    rate: float,
    is_forward: bool,
    draws: int,
    spread: float,
    batch: int,
) -> Objective:
    """The objective of either divergence, at where a student of the set, of this rate, ends.

    Forward is from the real posterior to the set's. `draws` of weights are taken in a step, from
    posteriors of the deviation `spread`; real images count in the reverse divergence only.
    """

    def outputs(flat: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        return network.outputs(network.named(flat), x)

    def noise(like: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
        return (spread * torch.randn(like.shape, generator=rng)).to(like)

    def objective(params: Params, rng: torch.Generator) -> Gradients:
        images = params[IMAGES].detach().requires_grad_()
        segment = segment_of(experts, how, rng, target.device)
        student = segment.start[0]
        for rows in batches_of(len(target), how.student_steps, how.batch, rng):
            x = draw(rng, how.augmentation, len(rows))(images.detach()[rows])
            flat = student.detach().requires_grad_()
            loss = functional.cross_entropy(outputs(flat, x), target[rows])
            student = student - rate * torch.autograd.grad(loss, flat)[0]
        calls = [draw(rng, how.augmentation, len(target)) for _ in range(draws)]
        if is_forward:
            pairs = [(noise(student, rng), noise(student, rng)) for _ in range(draws)]
            end = segment.target[0]
            value = forward_divergence(outputs, images, target, student, end, pairs, calls)
            (gradient,) = torch.autograd.grad(value, images)
            return Gradients(value.item(), {IMAGES: gradient})
        each = [noise(student, rng) for _ in range(draws)]
        real = balanced(source, batch, rng)
        seen = real._replace(images=draw(rng, how.augmentation, len(real.images))(real.images))
        gradient = reverse_gradient(outputs, images, target, seen, student, each, calls)
        with torch.no_grad():
            value = functional.cross_entropy(outputs(student, real.images), real.classes)
        return Gradients(value.item(), {IMAGES: gradient})

    return objective
