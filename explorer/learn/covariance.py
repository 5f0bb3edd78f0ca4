"""Pairs whose two sides vary together as those of real pairs do: after the paper of CovMatch.

There is no code to compare with. For features v, t of both sides, the best linear projections of
the linearised InfoNCE depend on the cross-covariance alone, so that is matched; and the means, as
projections see them that are trained on real pairs meanwhile.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch

from explorer.learn.contrastive import TEMPERATURE, infonce
from explorer.learn.heads import unit
from explorer.learn.learned_pairs import IMAGES, TEXTS, encode
from explorer.learn.merged_teachers import Real
from explorer.learn.optimise import Gradients, Objective, Params, leaves_of, slopes
from explorer.learn.steady import AtOnce
from explorer.models.backbones import Backbone

IMAGE_SIDE, TEXT_SIDE, MET = "projection.image", "projection.text", "met"
"""What is carried besides the pairs: both projections, and how many steps they were trained."""


def cross_covariance(image: torch.Tensor, text: torch.Tensor) -> torch.Tensor:
    """(F, D) of (N, F) and (N, D) rows that belong together, N at least 2."""
    centred = image - image.mean(dim=0), text - text.mean(dim=0)
    return centred[0].T @ centred[1] / (len(image) - 1)


class Moments(NamedTuple):
    """Of all real pairs."""

    covariance: torch.Tensor  # (F, D)
    image: torch.Tensor  # (F,)
    text: torch.Tensor  # (D,)

    @classmethod
    def of(cls, real: Real, device: torch.device) -> "Moments":
        image = torch.tensor(real.image[real.image_of_text], dtype=torch.float32)
        text = torch.tensor(real.text, dtype=torch.float32)
        moments = cross_covariance(image, text), image.mean(dim=0), text.mean(dim=0)
        return cls(*(each.to(device) for each in moments))


class Covariance(NamedTuple):
    """What is lowered, and how projections are trained."""

    strength: float  # of the real cross-covariance
    means: float  # weight of the means
    width: int  # of the projections
    reset: int  # steps after which projections are new
    rate: float  # of their plain SGD
    real_batch: int


def loss_of(
    image: torch.Tensor,
    text: torch.Tensor,
    real: Moments,
    sides: tuple[torch.Tensor, ...],
    how: Covariance,
) -> torch.Tensor:
    """The scalar that is lowered: distances of learned features (N, F), (N, D) to the real moments.

    That of cross-covariances is divided by the square of the real one, that of means by the squares
    of the real means, so that rates do not hang on the scale of a network's features.
    """
    wanted = how.strength * real.covariance
    gap = wanted - cross_covariance(image, text)
    total = gap.square().sum() / wanted.square().sum()
    for side, rows, mean in zip(sides, (image, text), (real.image, real.text), strict=True):
        target = side @ mean
        distance = (target - side @ rows.mean(dim=0)).square().sum()
        total = total + how.means * distance / target.square().sum()
    return total


def with_projections(pairs: Params, real: Real, how: Covariance, rng: torch.Generator) -> Params:
    """What learning begins with: the pairs, and projections as they are when they are new."""
    device = pairs[IMAGES].device
    image, text = (_fresh(how.width, rows.shape[1], rng) for rows in (real.image, real.text))
    met = torch.zeros((), dtype=torch.int64, device=device)
    return {**pairs, IMAGE_SIDE: image.to(device), TEXT_SIDE: text.to(device), MET: met}


def _fresh(n_out: int, n_in: int, rng: torch.Generator) -> torch.Tensor:
    bound = n_in**-0.5
    return torch.empty(n_out, n_in).uniform_(-bound, bound, generator=rng)


def matching(
    backbone: Backbone,
    real: Real,
    how: Covariance,
    at_once: AtOnce,
    read: Callable[[torch.Tensor], torch.Tensor] | None = None,
) -> Objective:
    """Lowers how far the moments of learned pairs are from the real ones.

    Texts are embeddings, (N, D), or what `read` makes embeddings of. Between two steps the
    projections are trained on a real batch, or are new after `reset` steps.
    """
    moments = Moments.of(real, backbone.device)

    def objective(params: Params, rng: torch.Generator) -> Gradients:
        sides = params[IMAGE_SIDE], params[TEXT_SIDE]
        pairs = leaves_of({name: params[name] for name in (IMAGES, TEXTS)})
        images = encode(backbone, pairs[IMAGES], at_once)
        texts = read(pairs[TEXTS]) if read else pairs[TEXTS]
        loss = loss_of(images, texts, moments, sides, how)
        return Gradients(loss.item(), slopes(loss, pairs), _trained(params, real, how, rng))

    return objective


def _trained(params: Params, real: Real, how: Covariance, rng: torch.Generator) -> Params:
    """The projections that the next step meets."""
    met = params[MET] + 1
    if int(met) % how.reset == 0:
        new = with_projections(params, real, how, rng)
        return {IMAGE_SIDE: new[IMAGE_SIDE], TEXT_SIDE: new[TEXT_SIDE], MET: met}
    rows = torch.randperm(len(real.text), generator=rng)[: how.real_batch].numpy()
    device = params[IMAGES].device
    image = torch.tensor(real.image[real.image_of_text[rows]], dtype=torch.float32, device=device)
    text = torch.tensor(real.text[rows], dtype=torch.float32, device=device)
    sides = [params[name].detach().requires_grad_() for name in (IMAGE_SIDE, TEXT_SIDE)]
    logits = unit(image @ sides[0].T) @ unit(text @ sides[1].T).T / TEMPERATURE
    loss = infonce(logits, torch.eye(len(rows), device=device))
    steps = torch.autograd.grad(loss, sides)
    moved = [side.detach() - how.rate * step for side, step in zip(sides, steps, strict=True)]
    return {IMAGE_SIDE: moved[0], TEXT_SIDE: moved[1], MET: met}
