"""Pairs learned by matching the trajectories of two heads over a frozen network, or of whole ones.

LoRS (Xu et al., ICML 2024), and those around it: what is learned are images, embeddings of texts,
how similar they are, and the rates that students learn with. Heads learn from the features of a
frozen network, as in RepBlend (Zhang et al., arXiv 2505.14705).
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch

from explorer.learn.inner.step_gradients import Loss, Weights
from explorer.learn.inner.trajectories import Segment, match_trajectory
from explorer.learn.networks.heads import Towers
from explorer.learn.optimise import Gradients, Objective, Params, leaves_of
from explorer.learn.pairs.blending import Blend
from explorer.learn.pairs.learned_pairs import IMAGES, TEXTS, Experts, Learner, levels_of
from explorer.learn.pairs.shortcuts import shortcut
from explorer.learn.pairs.similarity import Similarity
from explorer.learn.students.contrastive import CONTRASTS, TEMPERATURE
from explorer.learn.students.two_sided import usual_contrast
from explorer.models.backbones import Backbone
from explorer.types import Samples

RATES = "rates"
"""What the rates of students are called among the parameters."""
SIDES = ("image", "text")
"""What the rates of students are called in a set."""
LEAST_RATE = 1e-3


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
    starts: range | None = None  # epochs of experts that students start from; None for any
    pairs: range | None = None  # the only ones that are learned and learned from; None for all


def beginning(
    pairs: Callable[[], Params], similarity: Similarity, rate: float
) -> Callable[[torch.Generator], Params]:
    """What learning begins with: N pairs, none similar to another, and a rate of both sides."""

    def begin(rng: torch.Generator) -> Params:
        params = pairs()
        n, device = len(params[TEXTS]), params[TEXTS].device
        parts = {name: each.to(device) for name, each in similarity.start(n, rng).items()}
        return {**params, RATES: torch.full((2,), rate, device=device), **parts}

    return begin


def draw_segment(
    experts: Experts,
    rng: np.random.Generator,
    device: torch.device,
    starts: range | None = None,
) -> Segment:
    """One epoch of one expert, beginning at one of `starts`, or at any."""
    epochs = starts or range(experts.image.shape[1] - 1)
    expert = int(rng.integers(len(experts.image)))
    epoch = epochs[int(rng.integers(len(epochs)))]
    return Segment(*(experts.at(expert, moment, device) for moment in (epoch, epoch + 1)))


def straightened(experts: Experts, towers: Towers) -> Experts:
    """Every expert on the shortcut from its start to its end."""
    sides = zip(experts, towers, strict=True)
    straight = ([shortcut(np.asarray(each), tower.sizes) for each in side] for side, tower in sides)
    return Experts(*map(np.stack, straight))


def matching(learner: Learner, experts: Experts, students: Students) -> Objective:
    """Lowers how far students end from where experts went, both sides together.

    Images pass through a frozen network once per step, whatever the number of a student's steps:
    all of these work on their features, whose gradient then goes back through the network.
    """

    def objective(params: Params, rng: torch.Generator) -> Gradients:
        draws = np.random.default_rng(int(torch.randint(2**62, (), generator=rng)))
        leaves = leaves_of(params)
        own = students.pairs or range(len(leaves[IMAGES]))
        rows = slice(own.start, own.stop)
        encoded = learner.encode(leaves[IMAGES][rows])
        features = encoded.detach().requires_grad_()
        others = {name: each for name, each in leaves.items() if name not in (IMAGES, RATES)}
        segment = draw_segment(experts, draws, features.device, students.starts)
        found = match_trajectory(
            _loss(learner.towers, features, others, students, draws, rows.start),
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


def _loss(
    towers: Towers,
    features: torch.Tensor,
    others: Params,
    students: Students,
    draws: np.random.Generator,
    first: int,
) -> Loss:
    """What a student lowers in each step, with batches and blends that are drawn once.

    The features are those of the pairs from number `first` on.
    """
    texts, contrast = others[TEXTS], CONTRASTS[students.contrast]
    batches, alpha = _batches(len(features), students, draws), students.blend
    blends = [Blend.draw(len(rows), alpha, draws) if alpha else None for rows in batches]

    def loss(step: int, weights: Weights) -> torch.Tensor:
        rows, blend = batches[step], blends[step]
        image, text = features[rows], texts[rows + first]
        if blend:
            image, text = blend(image), blend(text)
        logits = towers.cosines(weights, image, text) / students.temperature
        return contrast(logits, students.similarity.matrix(others, rows + first))

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
    """The set that the parameters mean, for students of the kind that they were learned with.

    `texts` gives captions for (N, D) embeddings, `columns` what else is said of (N, 3, S, S)
    images.
    """
    images = levels_of(backbone, params)
    with torch.no_grad():
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
