"""Gradient matching: a network's gradient on a set becomes that on real images.

DC: Zhao, Mopuri and Bilen, ICLR 2021; its variants differ in what is compared, and how.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import torch
from torch.nn import functional

from explorer.learn.images.labelled import RealImages
from explorer.learn.images.policies import Policy
from explorer.learn.networks.augment import Change
from explorer.learn.networks.convnet import ConvNet, Weights
from explorer.learn.optimise import Gradients, Objective, Params, leaves_of, slopes

_EPS = 1e-6
Named = Mapping[str, torch.Tensor]
"""Gradients by the names of weights."""
Distance = Callable[[Named, Named], torch.Tensor]
"""Takes gradients of real and of learned images; gives a scalar."""


def _rows(gradient: torch.Tensor) -> torch.Tensor:
    """A gradient by the outputs that its weights belong to: (outputs, weights of each)."""
    return gradient.reshape(len(gradient), -1)


def _cosines(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    products = (a * b).sum(dim=-1)
    cosines: torch.Tensor = products / (a.norm(dim=-1) * b.norm(dim=-1) + _EPS)
    return cosines


def _matrices(real: Named, learned: Named) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Both gradients of all weights that are no vectors, by rows."""
    return [(_rows(real[n]), _rows(learned[n])) for n in real if real[n].ndim > 1]


def by_rows(real: Named, learned: Named) -> torch.Tensor:
    """One minus the cosine of each row, added up; biases and norms do not count, as in DC."""
    return _total([(1 - _cosines(a, b)).sum() for a, b in _matrices(real, learned)])


def by_rows_and_length(real: Named, learned: Named) -> torch.Tensor:
    """As `by_rows`, plus the length of each row's difference (Jiang et al., 2022)."""
    parts = []
    for a, b in _matrices(real, learned):
        cosines = functional.cosine_similarity(a, b, dim=1)
        parts.append((1 - cosines + (a - b).norm(dim=1)).sum())
    return _total(parts)


def squared(real: Named, learned: Named) -> torch.Tensor:
    """The squared distance of everything."""
    return _total([(real[n] - learned[n]).square().sum() for n in real])


def absolute(real: Named, learned: Named) -> torch.Tensor:
    """The distance of everything by absolute values."""
    return _total([(real[n] - learned[n]).abs().sum() for n in real])


def mean_absolute(real: Named, learned: Named) -> torch.Tensor:
    """The mean of each row's absolute differences, added up."""
    rows = [(_rows(real[n]) - _rows(learned[n])).abs().mean(dim=1).sum() for n in real]
    return _total(rows)


def by_every_row(real: Named, learned: Named) -> torch.Tensor:
    """As `by_rows`; of vectors each number is a row, so that only its sign counts, as in IDC."""
    return _total([(1 - _cosines(_rows(real[n]), _rows(learned[n]))).sum() for n in real])


def one_cosine(real: Named, learned: Named) -> torch.Tensor:
    """One minus the cosine of everything as one vector."""
    a, b = (torch.cat([each.reshape(-1) for each in named.values()]) for named in (real, learned))
    return 1 - _cosines(a, b)


def _total(parts: Sequence[torch.Tensor]) -> torch.Tensor:
    return torch.stack(list(parts)).sum()


DISTANCES: dict[str, Distance] = {
    "rows": by_rows,
    "rows-and-length": by_rows_and_length,
    "squared": squared,
    "absolute": absolute,
    "mean-absolute": mean_absolute,
    "every-row": by_every_row,
    "cosine": one_cosine,
}


Compared = Callable[..., Named]
"""Takes a network, weights, images (B, C, H, W) and their classes (B,); gives what is compared of
them, with `graph` differentiable in the images."""


def gradient(
    network: ConvNet, weights: Weights, x: torch.Tensor, y: torch.Tensor, *, graph: bool = False
) -> Named:
    """The gradient of the mean cross-entropy."""
    leaves = leaves_of(weights)
    loss = functional.cross_entropy(network.outputs(leaves, x), y)
    return slopes(loss, leaves, graph=graph)


def convolutions(
    network: ConvNet, weights: Weights, x: torch.Tensor, y: torch.Tensor, *, graph: bool = False
) -> Named:
    """The gradients of the kernels alone, as IDC compares them."""
    found = gradient(network, weights, x, y, graph=graph)
    return {name: each for name, each in found.items() if each.ndim == 4}


def features(
    network: ConvNet, weights: Weights, x: torch.Tensor, y: torch.Tensor, *, graph: bool = False
) -> Named:
    """The mean features of every block, which ask for no classes."""
    with torch.set_grad_enabled(graph):
        blocks = network.blocks(weights, x)
        return {str(place): each.mean(dim=0) for place, each in enumerate(blocks)}


COMPARED: dict[str, Compared] = {
    "convolutions": convolutions,
    "gradients": gradient,
    "features": features,
}


class Scope(NamedTuple):
    """Of which gradients, or features: those of each class, or their mean, or both."""

    classes: float  # weight of the sum over the classes
    mean: float  # weight of the distance between the means of all classes


EACH_CLASS, ALL_CLASSES = Scope(1.0, 0.0), Scope(0.0, 1.0)


def match(
    network: ConvNet,
    weights: Weights,
    real: Sequence[torch.Tensor],
    learned: Sequence[torch.Tensor],
    calls: Sequence[Change],
    distance: Distance,
    scope: Scope = EACH_CLASS,
    compared: Compared = gradient,
) -> torch.Tensor:
    """How far the gradients on a set are from those on real images, differentiable in its images.

    By class there are (B, C, H, W) real and (K, C, H, W) learned ones, and an augmentation of both.
    `scope` says what of the classes counts, and `compared` may be something else than gradients.
    """
    sides = []
    for images, is_learned in ((real, False), (learned, True)):
        own = []
        for c, (call, x) in enumerate(zip(calls, images, strict=True)):
            y = torch.full((len(x),), c, device=x.device)
            own.append(compared(network, weights, call(x), y, graph=is_learned))
        sides.append(own)
    of_real, of_learned = sides
    found = []
    if scope.classes:
        pairs = zip(of_real, of_learned, strict=True)
        found.append(scope.classes * _total([distance(a, b) for a, b in pairs]))
    if scope.mean:
        found.append(scope.mean * distance(_mean(of_real), _mean(of_learned)))
    return _total(found)


def _mean(gradients: Sequence[Named]) -> Named:
    return {n: torch.stack([each[n] for each in gradients]).mean(dim=0) for n in gradients[0]}


class Matching(NamedTuple):
    """What a step compares."""

    batch: int  # real images of each class
    distance: Distance
    calls: Callable[[torch.Generator], Change]  # draws the augmentation of one class
    scope: Callable[[int, int], Scope] = lambda network, turn: EACH_CLASS
    """Takes the number of the network and how many steps have met it."""
    compared: Compared = gradient
    most: int = 0  # learned images of each class that are compared; 0 for all


def matching(
    network: ConvNet,
    source: RealImages,
    render: Callable[[Params], torch.Tensor],
    policy: Policy,
    how: Matching,
) -> Objective:
    """The objective of gradient matching, by the networks that the policy gives."""
    classes = range(source.n_classes)

    def objective(params: Params, rng: torch.Generator) -> Gradients:
        met = policy.meet(params, rng)
        real = [source.of_class(c, how.batch, rng) for c in classes]
        calls = [how.calls(rng) for _ in classes]
        leaves = leaves_of({n: p for n, p in params.items() if n not in met.replaced})
        learned = render(leaves).chunk(source.n_classes)
        if how.most and len(learned[0]) > how.most:
            rows = torch.randperm(len(learned[0]), generator=rng)[: how.most]
            learned = tuple(each[rows] for each in learned)
        scope = how.scope(met.network, met.turn)
        sides = network, met.weights, real, learned, calls
        loss = match(*sides, how.distance, scope, how.compared)
        return Gradients(loss.item(), slopes(loss, leaves), met.replaced)

    return objective
