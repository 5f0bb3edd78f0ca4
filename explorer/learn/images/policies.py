"""Which networks the steps of learning meet: new ones, or ones trained meanwhile.

A network that is trained from step to step is carried among the parameters, so that a run can go on
from any of them.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from torch.nn import functional

from explorer.learn.images.labelled import RealImages
from explorer.learn.inner.descent import descend, shuffled
from explorer.learn.networks.augment import draw
from explorer.learn.networks.convnet import ConvNet, Weights
from explorer.learn.optimise import Params

NETWORK, MET = "network", "met"
"""What the carried network is called among the parameters, and how many steps have met one."""


class Met(NamedTuple):
    """What one step meets."""

    weights: Weights
    network: int  # number of the network, from 0
    turn: int  # how many steps have met it before
    replaced: Params  # what the next step goes on from


class Policy(NamedTuple):
    """Which network each step meets."""

    begin: Callable[[torch.Generator], Params]  # what is carried besides the images
    meet: Callable[[Params, torch.Generator], Met]


class Training(NamedTuple):
    """How a network is trained between two steps: SGD on batches."""

    batch: int
    rate: float
    momentum: float = 0.0
    weight_decay: float = 0.0
    augmentation: tuple[str, ...] = ()
    mixed: float = 0.0  # share of batches whose images are cut and mixed


Epochs = Callable[[int], int]
"""Takes how many steps have met the network; gives the passes before the next."""


def trained(
    network: ConvNet,
    steps: int,
    train: Callable[[torch.Tensor, int, Params, torch.Generator], torch.Tensor],
    device: torch.device,
    fresh: Callable[[torch.Generator], torch.Tensor] | None = None,
) -> Policy:
    """A new network after so many steps, trained before each but its first.

    `train` takes flat weights, how many steps have met them, the parameters and the generator, and
    gives the weights after training. `fresh` draws those of a new one; None for a random network.
    """
    draw_new = fresh or network.start

    def start(rng: torch.Generator) -> torch.Tensor:
        return draw_new(rng).to(device)

    def begin(rng: torch.Generator) -> Params:
        return {NETWORK: start(rng), MET: torch.zeros((), dtype=torch.long)}

    def meet(params: Params, rng: torch.Generator) -> Met:
        met, flat = int(params[MET]), params[NETWORK]
        turn = met % steps
        if turn:
            flat = train(flat, turn, params, rng)
        elif met:
            flat = start(rng)
        replaced = {NETWORK: flat, MET: params[MET] + 1}
        return Met(network.named(flat), met // steps, turn, replaced)

    return Policy(begin, meet)


def train_on(
    network: ConvNet,
    flat: torch.Tensor,
    images: torch.Tensor,
    target: torch.Tensor,
    how: Training,
    epochs: int,
    rng: torch.Generator,
) -> torch.Tensor:
    """The (P,) weights after some passes over (n, 3, S, S) images with their classes."""
    images = images.detach()

    def loss(rows: torch.Tensor, weights: tuple[torch.Tensor, ...]) -> torch.Tensor:
        x, y = draw(rng, how.augmentation, len(rows))(images[rows]), target[rows]
        if how.mixed and float(torch.rand((), generator=rng)) < how.mixed:
            x, y = cut_and_mix(x, y, network.n_classes, rng)
        return functional.cross_entropy(network.outputs(network.named(weights[0]), x), y)

    passes = (shuffled(len(images), how.batch, rng) for _ in range(epochs))
    found = flat
    passed = descend(
        loss, (flat,), passes, (how.rate,), momentum=how.momentum, weight_decay=how.weight_decay
    )
    for each in passed:
        found = each.weights[0]
    return found


def trained_on_set(
    network: ConvNet,
    steps: int,
    render: Callable[[Params], torch.Tensor],
    target: torch.Tensor,
    how: Training,
    epochs: Epochs,
) -> Policy:
    """Trained on the set as it is (DC); arguments as of `trained` and `train_on`."""

    def train(flat: torch.Tensor, turn: int, params: Params, rng: torch.Generator) -> torch.Tensor:
        with torch.no_grad():
            images = render(params)
        return train_on(network, flat, images, target, how, epochs(turn), rng)

    return trained(network, steps, train, target.device)


def trained_on_real(
    network: ConvNet,
    steps: int,
    source: RealImages,
    n_images: int,
    how: Training,
    fresh: Callable[[torch.Generator], torch.Tensor] | None = None,
) -> Policy:
    """Trained on so many real images between two steps (IDC)."""

    def train(flat: torch.Tensor, turn: int, params: Params, rng: torch.Generator) -> torch.Tensor:
        rows = torch.randperm(len(source.labels), generator=rng)[:n_images].numpy()
        target = torch.from_numpy(source.labels[rows]).to(flat.device)
        return train_on(network, flat, source.take(rows), target, how, 1, rng)

    return trained(network, steps, train, source.scale.mean.device, fresh)


def early(
    network: ConvNet, pool: np.ndarray, least: float, most: float
) -> Callable[[torch.Generator], torch.Tensor]:
    """Draws one of a pool (n, P) of networks that were trained a little, and disturbs it (Acc-DD).

    The disturbance is a share, from `least` to `most`, of the weights that lead to each output.
    """

    def fresh(rng: torch.Generator) -> torch.Tensor:
        chosen = int(torch.randint(len(pool), (), generator=rng))
        weights = network.named(torch.from_numpy(np.array(pool[chosen])))
        moved = network.flat(weights)
        for _ in range(2):
            size, sign = torch.rand(2, generator=rng).tolist()
            size = (least + size * (most - least)) * (1 if sign < 0.5 else -1)
            noise = {n: torch.randn(w.shape, generator=rng) for n, w in weights.items()}
            moved = moved + network.flat(disturbed(weights, noise, size)) - network.flat(weights)
        return moved

    return fresh


def disturbed(weights: Weights, noise: Weights, size: float) -> dict[str, torch.Tensor]:
    """The weights plus a share of noise whose rows are as long as those of the weights.

    Biases and norms stay. Zhang et al., CVPR 2023; `weight_perturbation.py` of ncsu-dk-lab/Acc-DD.
    """
    found = {}
    for name, weight in weights.items():
        found[name] = weight
        if weight.ndim > 1:
            rows, own = noise[name].flatten(1), weight.flatten(1)
            scaled = rows * (own.norm(dim=1) / (rows.norm(dim=1) + 1e-10))[:, None]
            found[name] = weight + size * scaled.view_as(weight)
    return found


def cut_and_mix(
    x: torch.Tensor, y: torch.Tensor, n_classes: int, rng: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Puts a rectangle of each image from another one (CutMix; Yun et al., ICCV 2019).

    Args:
        x: (B, C, H, W) images.
        y: (B,) classes.
        n_classes: C.
        rng: Draws the share that stays, evenly, and where the rest lies.

    Returns:
        The images, and (B, n_classes) shares of their classes.
    """
    height, width = x.shape[2:]
    left, *centre = torch.rand(3, generator=rng).tolist()
    half = [side * (1 - left) ** 0.5 / 2 for side in (height, width)]
    rows, columns = (
        slice(max(0, int(place * side - h)), min(side, int(place * side + h)))
        for place, side, h in zip(centre, (height, width), half, strict=True)
    )
    other = torch.randperm(len(x), generator=rng).to(x.device)
    mixed = x.clone()
    mixed[:, :, rows, columns] = x[other][:, :, rows, columns]
    share = (rows.stop - rows.start) * (columns.stop - columns.start) / (height * width)
    one_hot = functional.one_hot(y, n_classes).to(x)
    return mixed, one_hot * (1 - share) + one_hot[other] * share
