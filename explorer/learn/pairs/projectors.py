"""Pairs from which projections of one side onto the other follow in closed form: after APM's idea.

Of the paper (ICML 2026) only this is known here: projectors in closed form stand in for students
that are trained. Each is the ridge regression of one side of the learned pairs on the other, and
real pairs are to be found with both. There is no code to compare with.
"""

from typing import NamedTuple

import numpy as np
import torch

from explorer.learn.networks.heads import unit
from explorer.learn.optimise import Objective, Params, by_autograd
from explorer.learn.pairs.learned_pairs import IMAGES, TEXTS, encode
from explorer.learn.pairs.merged_teachers import Real
from explorer.learn.steady import AtOnce
from explorer.learn.students.contrastive import TEMPERATURE, infonce
from explorer.models.backbones import Backbone


class Projector(NamedTuple):
    """From (B, A) rows to where the other side is expected, from its mean: (B, C)."""

    mean: torch.Tensor  # (A,)
    weights: torch.Tensor  # (A, C)

    def __call__(self, rows: torch.Tensor) -> torch.Tensor:
        return (rows - self.mean) @ self.weights


def projector(inputs: torch.Tensor, targets: torch.Tensor, ridge: float) -> Projector:
    """The ridge regression of centred (N, C) targets on centred (N, A) inputs.

    The ridge is a share of the mean squared length of the inputs, so that it has no scale.
    """
    mean = inputs.mean(dim=0)
    centred = inputs - mean
    products = centred @ centred.T
    scale = ridge * products.diagonal().mean()
    solved = torch.linalg.solve(
        products + scale * torch.eye(len(inputs)).to(inputs),
        targets - targets.mean(dim=0),
    )
    return Projector(mean, centred.T @ solved)


def loss_of(
    learned: tuple[torch.Tensor, torch.Tensor],
    real: tuple[torch.Tensor, torch.Tensor],
    ridge: float,
) -> torch.Tensor:
    """How badly real pairs, (B, F) and (B, D), are found by projectors of (N, F), (N, D) learned.

    The mean InfoNCE among images, with texts projected, and among texts, with images projected.
    """
    total = torch.zeros((), device=real[0].device)
    for source, other in ((1, 0), (0, 1)):
        project = projector(learned[source], learned[other], ridge)
        wanted = real[other] - learned[other].mean(dim=0)
        logits = unit(project(real[source])) @ unit(wanted).T / TEMPERATURE
        total = total + infonce(logits, torch.eye(len(logits), device=logits.device)) / 2
    return total


def matching(
    backbone: Backbone, real: Real, ridge: float, real_batch: int, at_once: AtOnce
) -> Objective:
    """Lowers that loss on a real batch that is drawn in each step."""

    def loss(params: Params, rng: torch.Generator) -> torch.Tensor:
        draws = np.random.default_rng(int(torch.randint(2**62, (), generator=rng)))
        drawn = real.draw(real_batch, draws, params[IMAGES].device)
        return loss_of((encode(backbone, params[IMAGES], at_once), params[TEXTS]), drawn, ridge)

    return by_autograd(loss)
