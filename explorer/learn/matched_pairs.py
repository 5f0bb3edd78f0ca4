"""Pairs learned by matching the trajectories of two heads over a frozen network.

LoRS (Xu et al., ICML 2024), and those around it: what is learned are images, embeddings of texts,
how similar they are, and the rates that students learn with. Images pass through the frozen
network, and students learn from its features, as in RepBlend (Zhang et al., arXiv 2505.14705).
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from PIL.Image import Image
from torch.utils.checkpoint import checkpoint

from explorer.learn.blending import Blend
from explorer.learn.classifier import Scale
from explorer.learn.contrastive import CONTRASTS, TEMPERATURE
from explorer.learn.heads import Towers
from explorer.learn.optimise import Gradients, Objective, Params
from explorer.learn.pairs import heads_over, usual_contrast
from explorer.learn.shortcuts import shortcut
from explorer.learn.similarity import Similarity
from explorer.learn.trajectories import Loss, Segment, Weights, match_trajectory
from explorer.models.backbones import CLIP_MEAN, CLIP_STD, Backbone
from explorer.types import Samples

IMAGES, TEXTS, RATES = "images", "texts", "rates"
"""Names of what is learned, besides the similarity; images are scaled as networks see them."""
SIDES = ("image", "text")
"""What the rates of students are called in a set."""
LEAST_RATE = 1e-3
_ENCODED = 64  # images whose way through the network is kept in memory at once


class Trajectories(NamedTuple):
    """Experts: weights at the start and after each epoch, which may be memory-mapped."""

    image: np.ndarray  # (E, epochs + 1, P) float32
    text: np.ndarray  # (E, epochs + 1, Q) float32

    def draw(self, rng: np.random.Generator, device: torch.device) -> Segment:
        """One epoch of one expert."""
        expert = int(rng.integers(len(self.image)))
        epoch = int(rng.integers(self.image.shape[1] - 1))

        def weights(moment: int) -> Weights:
            sides = (side[expert, moment] for side in self)
            return tuple(torch.tensor(np.asarray(each), device=device) for each in sides)

        return Segment(weights(epoch), weights(epoch + 1))

    def straightened(self, towers: Towers) -> "Trajectories":
        """Every expert on the shortcut from its start to its end."""
        sides = zip(self, towers, strict=True)
        straight = ([shortcut(each, tower.sizes) for each in side] for side, tower in sides)
        return Trajectories(*map(np.stack, straight))


class Students(NamedTuple):
    """How students are trained within a step of learning, and compared with experts."""

    steps: int
    batch: int  # pairs per step
    similarity: Similarity
    contrast: str = "wbce"  # by its name in `CONTRASTS`
    temperature: float = TEMPERATURE  # that cosines are divided by
    blend: float = 0.0  # both parameters of the Beta distribution of shares; 0 for no blending
    is_fresh: bool = False  # whether each batch is of a permutation of its own
    merged: bool = False  # whether distances of both sides are added before they are divided
    truncated: bool = False  # whether the gradient is TESLA's


def scale_of(backbone: Backbone) -> Scale:
    """From levels in [0, 1] to what is learned: images as the network sees them."""
    mean, std = (torch.tensor(each, device=backbone.device) for each in (CLIP_MEAN, CLIP_STD))
    return Scale(mean.view(3, 1, 1), std.view(3, 1, 1))


def beginning(
    backbone: Backbone,
    images: Sequence[Image],
    text: np.ndarray,
    similarity: Similarity,
    rate: float,
) -> Callable[[torch.Generator], Params]:
    """What learning begins with: N pairs, and nobody similar to anybody else.

    Args:
        backbone: Its size is that of the images.
        images: N images as PIL opens them.
        text: (N, D) embeddings.
        similarity: Its kind.
        rate: What students learn with at first, both sides.
    """
    device, scale = backbone.device, scale_of(backbone)

    def begin(rng: torch.Generator) -> Params:
        levels = torch.stack([backbone.prepare(each) for each in images]).permute(0, 3, 1, 2) / 255
        parts = {name: each.to(device) for name, each in similarity.start(len(text), rng).items()}
        return {
            IMAGES: scale.enter(levels.to(device)).contiguous(),
            TEXTS: torch.tensor(np.asarray(text), dtype=torch.float32, device=device),
            RATES: torch.full((2,), rate, device=device),
            **parts,
        }

    return begin


def matching(backbone: Backbone, experts: Trajectories, students: Students) -> Objective:
    """Lowers how far students end from where experts went, both sides together.

    Images pass through the network once per step, whatever the number of a student's steps: all
    of these work on their features, whose gradient then goes back through the network.
    """
    scale = scale_of(backbone)

    def objective(params: Params, rng: torch.Generator) -> Gradients:
        draws = np.random.default_rng(int(torch.randint(2**62, (), generator=rng)))
        leaves = {name: each.detach().requires_grad_() for name, each in params.items()}
        encoded = _encode(backbone, scale.leave(leaves[IMAGES]))
        features = encoded.detach().requires_grad_()
        others = {name: each for name, each in leaves.items() if name not in (IMAGES, RATES)}
        segment = experts.draw(draws, features.device)
        found = match_trajectory(
            _loss(features, others, students, draws),
            segment,
            params[RATES],
            [features, *others.values()],
            students.steps,
            merged=students.merged,
            truncated=students.truncated,
        )
        encoded.backward(found.inputs[0])
        pulled = leaves[IMAGES].grad
        assert pulled is not None
        by_name = dict(zip(others, found.inputs[1:], strict=True))
        by_name |= {IMAGES: pulled, RATES: found.rates}
        return Gradients(float(found.losses.sum()), by_name)

    return objective


def _encode(backbone: Backbone, levels: torch.Tensor) -> torch.Tensor:
    """(N, F) features; of many images they are made anew on the way back, to save memory."""
    parts = levels.split(_ENCODED)
    if len(parts) == 1:
        return backbone.encode(levels)
    return torch.cat([checkpoint(backbone.encode, part, use_reentrant=False) for part in parts])


def _loss(
    features: torch.Tensor, others: Params, students: Students, draws: np.random.Generator
) -> Loss:
    """What a student lowers in each step, with batches and blends that are drawn once."""
    texts, contrast = others[TEXTS], CONTRASTS[students.contrast]
    towers = heads_over(features.shape[1], texts.shape[1])
    batches, alpha = _batches(len(texts), students, draws), students.blend
    blends = [Blend.draw(len(rows), alpha, draws) if alpha else None for rows in batches]

    def loss(step: int, weights: Weights) -> torch.Tensor:
        rows, blend = batches[step], blends[step]
        image, text = features[rows], texts[rows]
        if blend:
            image, text = blend(image), blend(text)
        logits = towers.cosines(weights, image, text) / students.temperature
        return contrast(logits, students.similarity.matrix(others, rows))

    return loss


def _batches(n: int, students: Students, draws: np.random.Generator) -> list[torch.Tensor]:
    """Batches of a permutation, one after the other; where too few rows are left, of the next."""
    size = min(students.batch, n)
    batches: list[torch.Tensor] = []
    while len(batches) < students.steps:
        order = torch.from_numpy(draws.permutation(n))
        chunks = [order[:size]] if students.is_fresh else order.split(size)
        batches += [rows for rows in chunks if len(rows) == size]
    return batches[: students.steps]


def samples(
    params: Params,
    backbone: Backbone,
    students: Students,
    texts: Callable[[np.ndarray], list[str]],
    columns: Callable[[np.ndarray], dict[str, list[Any]]],
) -> Samples:
    """The set that the parameters mean.

    Args:
        params: What was learned.
        backbone: That they were learned through.
        students: That they were learned with; others learn from the set as they did.
        texts: Gives captions for (N, D) learned embeddings.
        columns: Gives what else is said of (N, 3, S, S) learned images.
    """
    with torch.no_grad():
        images = scale_of(backbone).leave(params[IMAGES]).cpu().numpy().astype(np.float32)
        everybody = torch.arange(len(images), device=params[TEXTS].device)
        square = students.similarity.matrix(params, everybody).cpu().numpy()
    embedded = params[TEXTS].cpu().numpy()
    similarity = square if students.similarity.parts else None
    return Samples(
        images=images,
        texts=texts(embedded),
        text_embeddings=embedded,
        similarity=similarity,
        contrast=None if students.contrast == usual_contrast(similarity) else students.contrast,
        learning_rates=dict(zip(SIDES, params[RATES].tolist(), strict=True)),
        columns=columns(images),
    )
