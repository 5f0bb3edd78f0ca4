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


def mean_features(
    network: ConvNet,
    weights: Weights,
    real: Sequence[torch.Tensor],
    synthetic: Sequence[torch.Tensor],
    calls: Sequence[Augmentation],
) -> torch.Tensor:
    """Squared distances between mean features of real and learned images, added up over classes.

    By class there are (B, C, H, W) real and (K, C, H, W) learned ones, and an augmentation of both.
    All go through the network together, which matters only where it has batch norm.
    """

    def means(batches: Sequence[torch.Tensor]) -> torch.Tensor:
        changed = [call(each) for call, each in zip(calls, batches, strict=True)]
        seen = network.features(weights, torch.cat(changed)).split([len(x) for x in changed])
        return torch.stack([each.mean(dim=0) for each in seen])

    with torch.no_grad():
        wanted = means(real)
    return (wanted - means(synthetic)).square().sum()


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
