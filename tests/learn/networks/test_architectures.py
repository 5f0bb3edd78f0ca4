"""Networks by name equal the official ones, and each learns."""

import numpy as np
import pytest
import torch

from explorer.config import NETWORKS, NetworkConfig
from explorer.errors import ConfigError
from explorer.learn.networks.architectures import Learner, learner_called
from tests.recorded import as_json, read, recorded, variants

OURS = {
    "ConvNet": "convnet",
    "MLP": "mlp",
    "LeNet": "lenet",
    "AlexNet": "alexnet",
    "AlexNetBN": "alexnet-bn",
    "VGG11": "vgg11",
    "VGG11BN": "vgg11-bn",
    "ResNet18": "resnet18",
    "ResNet18BN": "resnet18-bn",
    "ResNet18BN_AP": "resnet18-bn-ap",
}
"""Our names of the official networks."""


@recorded("img_archs")
def test_weights_and_logits_equal_the_recorded_ones(case):
    arrays = read(case)
    for name, channels, seed in variants(arrays, r"(\w+)_(\d)__logits_seed(\d+)"):
        side = {"3": 32, "1": 28}[channels]
        config = NetworkConfig(image_size=side, image_channels=int(channels), width=128)
        network = learner_called(OURS[name], config, 10)
        shape = 2, int(channels), side, side
        compare(network, arrays, f"{name}_{channels}", int(seed), shape)


def compare(network: Learner, arrays, called: str, seed: int, shape: tuple[int, ...]) -> None:
    """A network with the weights of a seed and a recorded one, on random images of seed 1."""
    weights = network.init(torch.Generator().manual_seed(seed))
    named = as_json(arrays, "meta")[called]["names"]
    assert {name: tuple(each.shape) for name, each in weights.items()} == {
        name: tuple(shape) for name, shape in named
    }
    sizes = [weights[name].double().abs().mean() for name, _ in named]
    np.testing.assert_allclose(sizes, arrays[f"{called}__abs_mean_per_tensor"], rtol=1e-5)
    x = torch.randn(shape, generator=torch.Generator().manual_seed(1))
    found = network.answers(weights, x)
    np.testing.assert_allclose(found, arrays[f"{called}__logits_seed{seed}"], atol=1e-5)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", NETWORKS)
def test_each_network_sees_small_images_and_all_its_weights_count(name, channels):
    config = NetworkConfig(image_size=9, image_channels=channels, width=8, depth=1)
    network = learner_called(name, config, 3)
    weights = network.init(torch.Generator().manual_seed(0))
    learned = [weights[each].requires_grad_() for each in network.shapes]
    x = torch.randn((4, channels, 9, 9), generator=torch.Generator().manual_seed(1))
    network.outputs(weights, x).square().sum().backward()
    assert all(each.grad is not None and each.grad.isfinite().all() for each in learned)
    alone = network.answers(weights, x[:1])
    torch.testing.assert_close(network.answers(weights, x)[:1], alone, rtol=1e-3, atol=1e-4)


def test_batch_norm_keeps_means_for_later_and_the_global_generator_is_not_touched():
    torch.manual_seed(3)
    before = torch.random.get_rng_state()
    network = learner_called("convnet-bn", NetworkConfig(image_size=8, width=4), 2)
    weights = network.init(torch.Generator().manual_seed(0))
    x = torch.randn((5, 3, 8, 8), generator=torch.Generator().manual_seed(1)) + 2
    network.outputs(weights, x)
    assert weights["features.1.running_mean"].abs().max() > 0
    assert torch.equal(torch.random.get_rng_state(), before)


def test_a_network_of_no_such_name_is_refused():
    with pytest.raises(ConfigError, match="No network 'inception'"):
        learner_called("inception", NetworkConfig(image_size=8), 2)
