"""The loss of distribution matching and its gradient equal the official ones."""

from itertools import count

import numpy as np
import torch

from explorer.learn.images.distribution import mean_features
from explorer.learn.networks.augment import NOTHING, Augmentation, Draws
from tests.learn.official_draws import official_call
from tests.learn.towers import convnet_of
from tests.recorded import part, read, recorded, variants


def siamese_call(seed: int, n: int, side: int) -> Augmentation:
    """The generator is seeded anew for each draw, and all images have what the first drew."""
    seeds = (torch.Generator().manual_seed(each) for each in count(seed))
    group, draws = official_call(seeds, n, side)
    return Augmentation(group, tuple(Draws(first[:1], second[:1]) for first, second in draws))


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
        calls = [siamese_call(int(seed), real.shape[1], real.shape[-1]) for seed in seeds]
    loss = mean_features(network, weights, list(real), synthetic.chunk(n_classes), calls)
    (gradient,) = torch.autograd.grad(loss, synthetic)
    np.testing.assert_allclose(loss.item(), arrays[f"{tag}__loss"], rtol=1e-3)
    expected = arrays[f"{tag}__dsyn"]
    np.testing.assert_allclose(gradient, expected, rtol=1e-3, atol=1e-5 * abs(expected).max())
