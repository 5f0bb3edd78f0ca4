"""The loss of distribution matching and its gradient equal the official ones."""

import numpy as np
import torch

from explorer.learn.images.distribution import mean_features
from explorer.learn.networks.augment import CROP, GROUPS, NOTHING, Augmentation, Draws
from tests.learn.towers import convnet_of
from tests.recorded import part, read, recorded, variants


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
def test_loss_and_gradient_equal_the_recorded_ones(case):
    arrays = read(case)
    for (tag,) in variants(arrays, r"(\w+)__loss"):
        compare(arrays, tag)


def compare(arrays: dict[str, np.ndarray], tag: str) -> None:
    is_batched = any("running" in name for name in part(arrays, f"{tag}__w__"))
    n_classes = int(arrays["num_classes"])
    real = torch.tensor(arrays[f"{tag}__real"])
    synthetic = torch.tensor(arrays[f"{tag}__syn"], requires_grad=True)
    own = part(arrays, f"{tag}__w__")
    network = convnet_of(own, real.shape[-1], "batchnorm" if is_batched else "instancenorm")
    weights = {name: torch.tensor(own[name]) for name in network.shapes}
    calls = [NOTHING] * n_classes
    if f"{tag}__seeds_per_class" in arrays:
        seeds = arrays[f"{tag}__seeds_per_class"]
        calls = [official_call(int(seed), real.shape[1], real.shape[-1]) for seed in seeds]
    loss = mean_features(network, weights, list(real), synthetic.chunk(n_classes), calls)
    (gradient,) = torch.autograd.grad(loss, synthetic)
    np.testing.assert_allclose(loss.item(), arrays[f"{tag}__loss"], rtol=1e-3)
    expected = arrays[f"{tag}__dsyn"]
    np.testing.assert_allclose(gradient, expected, rtol=1e-3, atol=1e-5 * abs(expected).max())
