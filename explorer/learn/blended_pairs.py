"""Pairs learned by matching trajectories of two heads, with blending and learned similarity.

RepBlend (Zhang et al., arXiv 2505.14705): as LoRS (Xu et al., ICML 2024), but images pass through
a frozen network, and students learn from blended features. What is learned are images, embeddings
of texts, how similar they are, and the rates that students learn with.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from PIL.Image import Image
from torch.utils.checkpoint import checkpoint

from explorer.learn.blending import Blend
from explorer.learn.classifier import Scale
from explorer.learn.contrastive import TEMPERATURE, wbce
from explorer.learn.optimise import Gradients, Objective, Params
from explorer.learn.pairs import heads_over
from explorer.learn.similarity import LowRank
from explorer.learn.trajectories import Matched, Segment, Weights, match_trajectory
from explorer.models.backbones import CLIP_MEAN, CLIP_STD, Backbone
from explorer.types import Samples

IMAGES, TEXTS, RATES = "images", "texts", "rates"
"""Names of what is learned; images are scaled as networks see them."""
SIMILARITY = ("own", "left", "right")
"""Likewise, the parts of `LowRank`."""
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


class Blending(NamedTuple):
    """How students are trained within a step of learning."""

    steps: int  # of a student
    batch: int  # pairs per step
    alpha: float  # of the blending; 0 for none
    scale: float  # of the low-rank part of the similarity
    truncated: bool  # whether the gradient is TESLA's


def scale_of(backbone: Backbone) -> Scale:
    """From levels in [0, 1] to what is learned: images as the network sees them."""
    mean, std = (torch.tensor(each, device=backbone.device) for each in (CLIP_MEAN, CLIP_STD))
    return Scale(mean.view(3, 1, 1), std.view(3, 1, 1))


def beginning(
    backbone: Backbone, images: Sequence[Image], text: np.ndarray, rank: int, rate: float
) -> Callable[[torch.Generator], Params]:
    """What learning begins with: N real pairs, and nobody similar to anybody else.

    Args:
        backbone: Its size is that of the images.
        images: N images as PIL opens them.
        text: (N, D) embeddings.
        rank: Of the similarity.
        rate: What students learn with at first, both sides.
    """
    device, scale = backbone.device, scale_of(backbone)

    def begin(rng: torch.Generator) -> Params:
        levels = torch.stack([backbone.prepare(each) for each in images]).permute(0, 3, 1, 2) / 255
        similarity = LowRank.start(len(text), rank, 1.0, rng)
        parts = {name: getattr(similarity, name).to(device) for name in SIMILARITY}
        return {
            IMAGES: scale.enter(levels.to(device)).contiguous(),
            TEXTS: torch.tensor(np.asarray(text), dtype=torch.float32, device=device),
            RATES: torch.full((2,), rate, device=device),
            **parts,
        }

    return begin


def matching(backbone: Backbone, experts: Trajectories, blending: Blending) -> Objective:
    """Lowers how far students end from where experts went, both sides together.

    Images pass through the network once per step, whatever the number of a student's steps: all
    of these work on their features, whose gradient then goes back through the network.
    """
    scale = scale_of(backbone)

    def objective(params: Params, rng: torch.Generator) -> Gradients:
        draws = np.random.default_rng(int(torch.randint(2**62, (), generator=rng)))
        images = params[IMAGES].detach().requires_grad_()
        encoded = _encode(backbone, scale.leave(images))
        features = encoded.detach().requires_grad_()
        names = (TEXTS, *SIMILARITY)
        others = [params[name].detach().requires_grad_() for name in names]
        segment = experts.draw(draws, images.device)
        found = _match(features, others, params[RATES], segment, blending, draws)
        encoded.backward(found.inputs[0])
        assert images.grad is not None
        by_name = dict(zip(names, found.inputs[1:], strict=True))
        by_name |= {IMAGES: images.grad, RATES: found.rates}
        return Gradients(float(found.losses.sum()), by_name)

    return objective


def _encode(backbone: Backbone, levels: torch.Tensor) -> torch.Tensor:
    """(N, F) features; of many images they are made anew on the way back, to save memory."""
    parts = levels.split(_ENCODED)
    if len(parts) == 1:
        return backbone.encode(levels)
    return torch.cat([checkpoint(backbone.encode, part, use_reentrant=False) for part in parts])


def _match(
    features: torch.Tensor,
    others: Sequence[torch.Tensor],
    rates: torch.Tensor,
    segment: Segment,
    blending: Blending,
    draws: np.random.Generator,
) -> Matched:
    """Trains a student for some steps on pairs, and differentiates where it ended."""
    texts, own, left, right = others
    similarity = LowRank(own, left, right, blending.scale)
    towers = heads_over(features.shape[1], texts.shape[1])
    batches = _batches(len(texts), blending, draws)
    alpha = blending.alpha
    blends = [Blend.draw(len(rows), alpha, draws) if alpha else None for rows in batches]

    def loss(step: int, weights: Weights) -> torch.Tensor:
        rows, blend = batches[step], blends[step]
        image, text = features[rows], texts[rows]
        if blend:
            image, text = blend(image), blend(text)
        cosines = towers.cosines(weights, image, text)
        return wbce(cosines / TEMPERATURE, similarity.matrix(rows))

    inputs = [features, *others]
    return match_trajectory(
        loss, segment, rates, inputs, blending.steps, truncated=blending.truncated
    )


def _batches(n: int, blending: Blending, draws: np.random.Generator) -> list[torch.Tensor]:
    """Batches of a permutation, one after the other; where too few rows are left, of the next."""
    size = min(blending.batch, n)
    batches: list[torch.Tensor] = []
    while len(batches) < blending.steps:
        order = torch.from_numpy(draws.permutation(n))
        batches += [rows for rows in order.split(size) if len(rows) == size]
    return batches[: blending.steps]


def samples(
    params: Params,
    backbone: Backbone,
    rank_scale: float,
    texts: Callable[[np.ndarray], list[str]],
    columns: Callable[[np.ndarray], dict[str, list[Any]]],
) -> Samples:
    """The set that the parameters mean.

    Args:
        params: What was learned.
        backbone: That they were learned through.
        rank_scale: Of the low-rank part of the similarity.
        texts: Gives captions for (N, D) learned embeddings.
        columns: Gives what else is said of (N, 3, S, S) learned images.
    """
    with torch.no_grad():
        images = scale_of(backbone).leave(params[IMAGES]).cpu().numpy().astype(np.float32)
        own, left, right = (params[name] for name in SIMILARITY)
        similarity = LowRank(own, left, right, rank_scale).matrix()
    embedded = params[TEXTS].cpu().numpy()
    return Samples(
        images=images,
        texts=texts(embedded),
        text_embeddings=embedded,
        similarity=similarity.cpu().numpy(),
        learning_rates=dict(zip(SIDES, params[RATES].tolist(), strict=True)),
        columns=columns(images),
    )
