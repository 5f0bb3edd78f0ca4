"""The loss of distribution matching and its gradient equal the official ones."""

import numpy as np
import pytest
import torch

from explorer.learn.images.distribution import mean_features
from explorer.learn.networks.augment import CROP, GROUPS, NOTHING, Augmentation, Draws
from explorer.learn.networks.convnet import ConvNet
from tests.recorded import part, read, recorded


def official_call(seed: int, n: int, side: int) -> Augmentation:
    """What `DiffAugment` draws on a CPU with this seed: the generator is seeded anew each time."""
    torch.manual_seed(seed)
    group = list(GROUPS)[torch.randint(0, len(GROUPS), size=(1,)).item()]
    draws = []
    for _ in GROUPS[group]:
        numbers = []
        for _ in range(2 if group in ("crop", "cutout", "scale") else 1):
            torch.manual_seed(seed := seed + 1)
            numbers.append(_number(group, n, side))
        draws.append(Draws(numbers[0], numbers[-1]))
    return Augmentation(group, tuple(draws))


def _number(group: str, n: int, side: int) -> torch.Tensor:
    if group == "crop":
        way = int(side * CROP + 0.5)
        return (torch.randint(-way, way + 1, size=[n, 1, 1])[:1, 0, 0] + way + 0.5) / (2 * way + 1)
    if group == "cutout":
        return (torch.randint(0, side + 1, size=[n, 1, 1])[:1, 0, 0] + 0.5) / (side + 1)
    return torch.rand(n)[:1]


@recorded("img_dm")
@pytest.mark.parametrize("tag", ["in", "bn", "in_dsa"])
def test_loss_and_gradient_equal_the_recorded_ones(case, tag):
    arrays = read(case)
    norm = "batchnorm" if tag == "bn" else "instancenorm"
    n_classes = int(arrays["num_classes"])
    real = torch.tensor(arrays[f"{tag}__real"])
    synthetic = torch.tensor(arrays[f"{tag}__syn"], requires_grad=True)
    own = {n: torch.tensor(w) for n, w in part(arrays, f"{tag}__w__").items()}
    depth = sum(w.ndim == 4 for w in own.values())
    width = len(own["features.0.bias"])
    network = ConvNet(real.shape[-1], n_classes, width=width, depth=depth, norm=norm)
    weights = {name: own[name] for name in network.shapes}
    calls = [NOTHING] * n_classes
    if tag == "in_dsa":
        seeds = arrays["in_dsa__seeds_per_class"]
        calls = [official_call(int(seed), real.shape[1], real.shape[-1]) for seed in seeds]
    loss = mean_features(network, weights, list(real), synthetic.chunk(n_classes), calls)
    (gradient,) = torch.autograd.grad(loss, synthetic)
    np.testing.assert_allclose(loss.item(), arrays[f"{tag}__loss"], rtol=1e-3)
    expected = arrays[f"{tag}__dsyn"]
    np.testing.assert_allclose(gradient, expected, rtol=1e-3, atol=1e-5 * abs(expected).max())
