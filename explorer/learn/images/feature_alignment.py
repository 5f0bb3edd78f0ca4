"""Feature alignment: a set has the mean features of real images in every layer, and tells classes.

Wang et al., CVPR 2022; `distill.py` of kaiwang960112/CAFE.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch.nn import functional

from explorer.learn.images.labelled import RealImages
from explorer.learn.images.policies import NETWORK, Training, train_on
from explorer.learn.networks.augment import Augmentation, draw
from explorer.learn.networks.convnet import ConvNet, Weights
from explorer.learn.optimise import Gradients, Objective, Params, leaves_of, slopes

READINGS, N_READ, PHASE = "readings", "n_read", "phase"
"""What the last shares of right answers, how many there are, and whether a network was met are
called among the parameters."""
KEPT = 10
"""Readings that are compared."""
PATIENCE = 100
"""Passes over the set after which training is left, though the readings hardly changed."""


class Layers(NamedTuple):
    """Weights of the parts of the loss."""

    last: float  # of each of the last two: features before and after the last pooling
    earlier: float  # of each earlier block's, before pooling
    told: float  # of telling real images by the set's mean features


class Aligned(NamedTuple):
    """The parts of the loss."""

    layers: torch.Tensor  # distances of mean features
    real: torch.Tensor  # what the network loses on real images; no set changes it
    told: torch.Tensor  # distance of the last features, and how badly real images are told by them


def align(
    network: ConvNet,
    weights: Weights,
    real: Sequence[torch.Tensor],
    learned: Sequence[torch.Tensor],
    calls: Sequence[Augmentation],
    how: Layers,
) -> Aligned:
    """How far a set is from real images in every layer, differentiable in its images.

    By class there are (B, C, H, W) real and (K, C, H, W) learned ones, and an augmentation of both.
    """
    sides = []
    for batches in (real, learned):
        changed = [call(x) for call, x in zip(calls, batches, strict=True)]
        sizes = [len(x) for x in changed]
        seen = network.layers(weights, torch.cat(changed))
        sides.append((seen, [_means(each, sizes) for each in seen], sizes))
    (layers, of_real, sizes), (_, of_learned, _) = sides
    distances = [(a - b).square().sum() for a, b in zip(of_real, of_learned, strict=True)]
    shares = [how.earlier] * (len(distances) - 2) + [how.last] * 2
    total = torch.stack([w * d for w, d in zip(shares, distances, strict=True)]).sum()
    last, centres = layers[-1].flatten(1), of_learned[-1].flatten(1)
    classes = torch.arange(len(sizes), device=last.device).repeat_interleave(
        torch.tensor(sizes, device=last.device)
    )
    told = functional.cross_entropy(last @ centres.T, classes, reduction="sum")
    return Aligned(
        total,
        functional.cross_entropy(network.head(weights, last), classes),
        distances[-1] + how.told * told,
    )


def _means(features: torch.Tensor, sizes: list[int]) -> torch.Tensor:
    return torch.stack([own.mean(dim=0) for own in features.split(sizes)])


class Aligning(NamedTuple):
    """What a step compares, and when the network changes."""

    batch: int  # real images of each class
    augmentation: tuple[str, ...]
    layers: Layers
    training: Training  # of the network on the set
    still: float  # below such a range of readings there comes a new network
    moved: float  # above such a range its training is left
    looks: int  # real images of each class in a reading
    carries: bool  # whether a reading holds a share of the last one, as published


def aligning(
    network: ConvNet,
    source: RealImages,
    render: Callable[[Params], torch.Tensor],
    target: torch.Tensor,
    how: Aligning,
) -> Objective:
    """The objective of CAFE: after each step the network is trained on the set until it changed.

    `render` gives the learned images, class by class, and `target` (K,) has their classes.
    """
    looker = _Looker(network, source, how)

    def objective(params: Params, rng: torch.Generator) -> Gradients:
        carried = {n: params[n] for n in (NETWORK, READINGS, N_READ, PHASE)}
        if carried[PHASE] > 0:  # a step was taken in it: train it, or take a new one
            with torch.no_grad():
                images = render(params)
            carried = _changed(looker, carried, images, target, rng)
        own = leaves_of({n: p for n, p in params.items() if n not in carried})
        weights = network.named(carried[NETWORK])
        calls = [draw(rng, how.augmentation) for _ in range(source.n_classes)]
        real = [source.of_class(c, how.batch, rng) for c in range(source.n_classes)]
        learned = render(own).chunk(source.n_classes)
        parts = align(network, weights, real, learned, calls, how.layers)
        loss = parts.layers + parts.real + parts.told
        found = slopes(loss, own)
        before = carried[READINGS][-1].item() if carried[N_READ] > 0 else 0.0
        now = torch.tensor([looker.reading(carried[NETWORK], before, rng)])
        readings = torch.cat([carried[READINGS][1:], now])
        met = {READINGS: readings, N_READ: carried[N_READ] + 1, PHASE: torch.ones(())}
        return Gradients(loss.item(), found, {**carried, **met})

    return objective


class _Looker(NamedTuple):
    """Tells the share of real images that a network is right on."""

    network: ConvNet
    source: RealImages
    how: Aligning

    @torch.no_grad()
    def reading(self, flat: torch.Tensor, before: float, rng: torch.Generator) -> float:
        weights, shares = self.network.named(flat), []
        for c in range(self.source.n_classes):
            x = self.source.of_class(c, self.how.looks, rng)
            best = self.network.outputs(weights, x).argmax(dim=1)
            shares.append((best == c).float().mean().item())
        kept = before if self.how.carries else 0.0
        return (kept + sum(shares)) / self.source.n_classes


def _changed(
    looker: _Looker,
    carried: Params,
    images: torch.Tensor,
    target: torch.Tensor,
    rng: torch.Generator,
) -> Params:
    """The network after training on the set, or a new one where its readings stand still."""
    network, how = looker.network, looker.how
    if carried[N_READ] >= KEPT and _range(carried[READINGS].tolist()) < how.still:
        return beginning(network, target.device)(rng)
    flat, readings = carried[NETWORK], [0.0]
    for n_passes in range(1, PATIENCE + 1):
        flat = train_on(network, flat, images, target, how.training, 1, rng)
        readings.append(looker.reading(flat, readings[-1], rng))
        if n_passes >= KEPT and _range(readings[-KEPT:]) > how.moved:
            break
    return {**carried, NETWORK: flat}


def _range(readings: list[float]) -> float:
    return max(readings) - min(readings)


def beginning(network: ConvNet, device: torch.device) -> Callable[[torch.Generator], Params]:
    """A new network that nothing was read of."""

    def begin(rng: torch.Generator) -> Params:
        flat = network.start(rng).to(device)
        none = torch.zeros(())
        return {NETWORK: flat, READINGS: torch.zeros(KEPT), N_READ: none, PHASE: none.clone()}

    return begin
