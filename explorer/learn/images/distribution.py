"""Distribution matching: the mean features of a set become those of real images.

Zhao and Bilen, WACV 2023; `main_DM.py` of VICO-UoE/DatasetCondensation.
"""

from collections.abc import Callable, Sequence

import torch

from explorer.learn.images.labelled import RealImages
from explorer.learn.networks.augment import Augmentation, draw
from explorer.learn.networks.convnet import ConvNet, Weights
from explorer.learn.optimise import Objective, Params, by_autograd

Further = Callable[[ConvNet, Weights, Params], torch.Tensor]
"""A further loss of the parameters in the network that a step meets."""


def features_by_class(
    network: ConvNet,
    weights: Weights,
    batches: Sequence[torch.Tensor],
    calls: Sequence[Augmentation],
) -> tuple[torch.Tensor, ...]:
    """The features of the (B, C, H, W) images of each class, changed by the call of the class.

    All go through the network together, which matters only where it has batch norm.
    """
    changed = [call(each) for call, each in zip(calls, batches, strict=True)]
    features = network.features(weights, torch.cat(changed))
    return torch.split(features, [len(x) for x in changed])


def apart(wanted: Sequence[torch.Tensor], found: Sequence[torch.Tensor]) -> torch.Tensor:
    """Squared distances between the mean rows of each class, added up over classes."""
    means = [torch.stack([each.mean(dim=0) for each in rows]) for rows in (wanted, found)]
    return (means[0] - means[1]).square().sum()


def mean_features(
    network: ConvNet,
    weights: Weights,
    real: Sequence[torch.Tensor],
    synthetic: Sequence[torch.Tensor],
    calls: Sequence[Augmentation],
) -> torch.Tensor:
    """Squared distances between mean features of real and learned images, added up over classes.

    By class there are (B, C, H, W) real and (K, C, H, W) learned ones, and an augmentation of both.
    """
    with torch.no_grad():
        wanted = features_by_class(network, weights, real, calls)
    return apart(wanted, features_by_class(network, weights, synthetic, calls))


def matching(
    network: ConvNet,
    source: RealImages,
    render: Callable[[Params], torch.Tensor],
    batch: int,
    augmentation: tuple[str, ...],
    further: Further | None = None,
) -> Objective:
    """The objective of DM: each step meets a new random network, which is never trained.

    `render` gives the learned images, class by class; a batch has so many real ones of each.
    """

    def loss(params: Params, rng: torch.Generator) -> torch.Tensor:
        images = render(params)
        weights = {n: w.to(images.device) for n, w in network.init(rng).items()}
        classes = range(source.n_classes)
        calls = [draw(rng, augmentation) for _ in classes]
        real = [source.of_class(c, batch, rng) for c in classes]
        found = mean_features(network, weights, real, images.chunk(source.n_classes), calls)
        return found + further(network, weights, params) if further else found

    return by_autograd(loss)
