"""Networks by name equal the official ones, and each learns."""

import numpy as np
import pytest
import torch

from explorer.config import NETWORKS, NetworkConfig
from explorer.errors import ConfigError
from explorer.learn.networks.architectures import Learner, learner_called
from tests.recorded import as_json, read, recorded

OFFICIAL = {
    "convnet": "ConvNet",
    "mlp": "MLP",
    "lenet": "LeNet",
    "alexnet": "AlexNet",
    "alexnet-bn": "AlexNetBN",
    "vgg11": "VGG11",
    "vgg11-bn": "VGG11BN",
    "resnet18": "ResNet18",
    "resnet18-bn": "ResNet18BN",
    "resnet18-bn-ap": "ResNet18BN_AP",
}


@pytest.mark.parametrize(("channels", "side"), [(3, 32), (1, 28)])
@recorded("img_archs")
def test_weights_and_logits_equal_the_recorded_ones(case, channels, side):
    arrays = read(case)
    config = NetworkConfig(image_size=side, image_channels=channels, width=128)
    for own, theirs in OFFICIAL.items():
        network = learner_called(own, config, 10)
        compare(network, arrays, f"{theirs}_{channels}", (2, channels, side, side))


def compare(network: Learner, arrays, called: str, shape: tuple[int, ...]) -> None:
    """A network with the weights of seed 0 and a recorded one, on random images of seed 1."""
    weights = network.init(torch.Generator().manual_seed(0))
    named = as_json(arrays, "meta")[called]["names"]
    assert {name: tuple(each.shape) for name, each in weights.items()} == {
        name: tuple(shape) for name, shape in named
    }
    sizes = [weights[name].double().abs().mean() for name, _ in named]
    np.testing.assert_allclose(sizes, arrays[f"{called}__abs_mean_per_tensor"], rtol=1e-5)
    x = torch.randn(shape, generator=torch.Generator().manual_seed(1))
    found = network.answers(weights, x)
    np.testing.assert_allclose(found, arrays[f"{called}__logits_seed0"], atol=1e-5)


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
