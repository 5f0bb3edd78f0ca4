"""Pairs whose features in merged teachers lie where the real ones lie: MDM.

After `distill_mdm.py` of andyj1/mdm, on two heads over a frozen network: features of real images
are there already, and learned images pass through the network once per step. Nothing is unrolled.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import torch

from explorer.learn.inner.step_gradients import Weights
from explorer.learn.networks.heads import Towers, unit
from explorer.learn.optimise import Gradients, Objective, Params, leaves_of, slopes
from explorer.learn.pairs.geodesic import energy, root
from explorer.learn.pairs.learned_pairs import IMAGES, TEXTS, Experts, encode
from explorer.learn.pairs.merging import merge
from explorer.learn.steady import AtOnce
from explorer.learn.students.contrastive import TEMPERATURE, infonce
from explorer.learn.students.two_sided import heads_over
from explorer.models.backbones import Backbone

_BLOCK = 4096  # rows that are placed at once


class Real(NamedTuple):
    """What learned pairs are compared with."""

    image: np.ndarray  # (N, F) features of the frozen network, or what one is to see
    text: np.ndarray  # (M, D) embeddings
    image_of_text: np.ndarray  # (M,) int64 in [0, N)

    def draw(
        self, n: int, rng: np.random.Generator, device: torch.device
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """The features and the embeddings of n pairs, or of all where there are fewer."""
        rows = rng.permutation(len(self.text))[:n]
        sides = self.image[self.image_of_text[rows]], self.text[rows]
        image, text = (torch.tensor(np.asarray(each), dtype=torch.float32) for each in sides)
        return image.to(device), text.to(device)


class Merging(NamedTuple):
    """How teachers come about."""

    share: float  # of the way to the mean of two experts
    published: bool  # from a new random text head, and without a bound where experts disagree

    def teacher(
        self, experts: Experts, towers: Towers, rng: np.random.Generator, device: torch.device
    ) -> Weights:
        """A teacher between two moments of experts, their starts left out."""
        n_experts, n_moments = experts.image.shape[0], experts.image.shape[1] - 1
        first, second = rng.choice(n_experts * n_moments, size=2, replace=False)
        ends = [
            experts.at(int(each) // n_moments, int(each) % n_moments + 1, device)
            for each in (first, second)
        ]
        starts = experts.at(0, 0, device)
        if self.published:
            fresh = torch.Generator().manual_seed(int(rng.integers(2**62)))
            starts = (starts[0], towers.text.start(fresh).to(device))
        sides = zip(starts, ends[0], ends[1], towers, strict=True)
        return tuple(
            merge(start, first, second, tower.sizes, self.share, opposed=self.published)
            for start, first, second, tower in sides
        )


class Distances(NamedTuple):
    """What is lowered, and over how many pairs."""

    sigma: float  # width of the kernel, an angle
    contrast: float  # weight of InfoNCE within the learned pairs
    sums: float  # weight of the distance of sums of both sides
    differences: float  # likewise
    batch: int  # learned pairs in a step
    real_batch: int
    most: float  # length that the gradient of images and texts together is cut to; 0 for any
    with_itself: bool  # as `energy` takes it


def loss_of(
    learned: tuple[torch.Tensor, torch.Tensor],
    real: tuple[torch.Tensor, torch.Tensor],
    how: Distances,
) -> torch.Tensor:
    """The scalar that is lowered, from unit rows (B, d) of the image and the text side each."""
    image, text = learned
    total = how.contrast * infonce(image @ text.T / TEMPERATURE, torch.eye(len(image)).to(image))
    for weight, sign in ((how.sums, 1), (how.differences, -1)):
        ours, theirs = (unit(side[0] + sign * side[1]) for side in (learned, real))
        squared = energy(ours, theirs, how.sigma, with_itself=how.with_itself)
        total = total + weight * root(squared)
    return total


def matching(
    backbone: Backbone,
    real: Real,
    experts: Experts,
    merging: Merging,
    how: Distances,
    at_once: AtOnce,
) -> Objective:
    """Lowers how far learned pairs lie from real ones, in another teacher each step."""

    def objective(params: Params, rng: torch.Generator) -> Gradients:
        draws = np.random.default_rng(int(torch.randint(2**62, (), generator=rng)))
        device = params[IMAGES].device
        towers = heads_over(real.image.shape[1], real.text.shape[1])
        weights = merging.teacher(experts, towers, draws, device)
        size = min(how.batch, how.real_batch, len(params[TEXTS]))
        rows = torch.from_numpy(draws.permutation(len(params[TEXTS]))[:size]).to(device)
        leaves = leaves_of(params)

        def placed(image: torch.Tensor, text: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            return unit(towers.image(weights[0], image)), unit(towers.text(weights[1], text))

        learned = placed(encode(backbone, leaves[IMAGES][rows], at_once), leaves[TEXTS][rows])
        with torch.no_grad():
            target = placed(*real.draw(how.real_batch, draws, device))
        loss = loss_of(learned, target, how)
        return Gradients(loss.item(), _cut(slopes(loss, leaves), how.most))

    return objective


def _cut(gradients: Mapping[str, torch.Tensor], most: float) -> Mapping[str, torch.Tensor]:
    """The gradients, shortened together where they are longer."""
    length = torch.stack([each.norm() for each in gradients.values()]).norm()
    if not most or length <= most:
        return gradients
    return {name: each * (most / length) for name, each in gradients.items()}


def features(
    real: Real,
    experts: Experts,
    merging: Merging,
    rng: np.random.Generator,
    device: torch.device,
) -> np.ndarray:
    """(M, 2d) both sides of every real pair in one teacher beside each other, of length 1."""
    towers = heads_over(real.image.shape[1], real.text.shape[1])
    weights = merging.teacher(experts, towers, rng, device)

    def placed(side: int, rows: np.ndarray) -> np.ndarray:
        parts = torch.tensor(np.asarray(rows), dtype=torch.float32).split(_BLOCK)
        own = [unit(towers[side](weights[side], part.to(device))) for part in parts]
        return torch.cat(own).cpu().numpy()

    with torch.no_grad():
        image, text = placed(0, real.image), placed(1, real.text)
    return np.hstack([image[real.image_of_text], text]) / np.float32(np.sqrt(2))
