"""Trajectory matching of images: a student of the set moves as experts of the real images moved.

MTT: Cazenavette et al., CVPR 2022; `distill.py` of GeorgeCazenavette/mtt-distillation.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import torch

from explorer.learn.images.labelled import IMAGES
from explorer.learn.images.unrolled_sets import batch_loss
from explorer.learn.inner.trajectories import Segment, match_trajectory
from explorer.learn.networks.augment import draw
from explorer.learn.networks.convnet import ConvNet
from explorer.learn.optimise import Gradients, Objective, Params

RATE = "rate"
"""What the student's learning rate is called among the parameters."""
TAUGHT, AVERAGE = "taught", "average"
"""What the shares of classes that the last target saw are called there, and averaged images."""


class Following(NamedTuple):
    """How students follow experts."""

    student_steps: int  # N
    expert_steps: int  # M, epochs between the start and the target
    latest_start: int  # starts are epochs 0 to this
    batch: int  # images of the set in a step of the student; 0 for all
    augmentation: tuple[str, ...]  # groups of `augment.GROUPS`
    truncated: bool  # constant memory as in TESLA, instead of the exact gradient
    taught: bool = False  # students learn what the network that they shall become sees in the set
    share: float = 1.0  # of the images' gradient; the authors' code of TESLA takes half of it


def following(
    network: ConvNet, experts: np.ndarray, target: torch.Tensor, how: Following
) -> Objective:
    """The objective of MTT, by (E, epochs + 1, P) weights; `target` (K,) are classes of the set."""

    def objective(params: Params, rng: torch.Generator) -> Gradients:
        device = params[IMAGES].device
        segment = segment_of(experts, how, rng, device)
        drawn = batches_of(len(target), how.student_steps, how.batch, rng)
        batches = [rows.to(device) for rows in drawn]
        calls = [draw(rng, how.augmentation, len(rows)) for rows in batches]
        images = params[IMAGES].detach().requires_grad_()
        labels, replaced = target, {}
        if how.taught:
            with torch.no_grad():
                seen = network.outputs(network.named(segment.target[0]), images)
            labels = seen.softmax(dim=1)
            replaced[TAUGHT] = labels
        loss = batch_loss(network, images, labels, batches, calls)
        found = match_trajectory(
            lambda step, weights: loss(step, weights[0]),
            segment,
            params[RATE].view(1),
            [images],
            how.student_steps,
            truncated=how.truncated,
        )
        gradients = {IMAGES: how.share * found.inputs[0], RATE: found.rates[0]}
        return Gradients(found.losses.sum().item(), gradients, replaced)

    return objective


def with_rate(
    images: Callable[[torch.Generator], Params], rate: float
) -> Callable[[torch.Generator], Params]:
    """What learning begins with, and the student's learning rate."""

    def begin(rng: torch.Generator) -> Params:
        params = images(rng)
        return {**params, RATE: params[IMAGES].new_tensor(rate)}

    return begin


def averaged(objective: Objective, keep: float) -> Objective:
    """The same, with a moving mean of the images carried as `AVERAGE`, as FTD keeps one.

    It takes in the images that a step begins with; those it ends with, the next one does.
    """

    def with_average(params: Params, rng: torch.Generator) -> Gradients:
        found = objective({n: p for n, p in params.items() if n != AVERAGE}, rng)
        replaced = {**found.replaced, AVERAGE: mean_images(params, keep)}
        return found._replace(replaced=replaced)

    return with_average


def mean_images(params: Params, keep: float) -> torch.Tensor:
    """The moving mean with the images as they are now."""
    return keep * params[AVERAGE] + (1 - keep) * params[IMAGES]


def segment_of(
    experts: np.ndarray, how: Following, rng: torch.Generator, device: torch.device
) -> Segment:
    """A piece of one expert's way, at random."""
    expert = int(torch.randint(len(experts), (), generator=rng))
    start = int(torch.randint(how.latest_start + 1, (), generator=rng))
    places = start, start + how.expert_steps
    ends = [torch.from_numpy(np.array(experts[expert, place])).to(device) for place in places]
    return Segment((ends[0],), (ends[1],))


def batches_of(n: int, steps: int, size: int, rng: torch.Generator) -> Iterator[torch.Tensor]:
    """Rows of each step: chunks of a permutation, the last of them, maybe a short one, first."""
    chunks: list[torch.Tensor] = []
    for _ in range(steps):
        chunks = chunks or list(torch.randperm(n, generator=rng).split(size or n))
        yield chunks.pop()
