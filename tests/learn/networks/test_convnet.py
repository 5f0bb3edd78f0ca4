"""The network of the benchmarks equals the official one."""

import numpy as np
import torch

from explorer.learn.networks.convnet import ConvNet
from tests.recorded import as_json, part, read, recorded


def network_of(config: dict) -> ConvNet:
    return ConvNet(
        size=config["im"][0],
        n_classes=config["nc"],
        channels=config["ch"],
        width=config["w"],
        depth=config["d"],
        norm=config["norm"],
        activation=config["act"],
        pooling=config["pool"],
    )


@recorded("img_convnet")
def test_features_and_logits_equal_the_recorded_ones(case):
    arrays = read(case)
    for tag, config in as_json(arrays, "config").items():
        network = network_of(config)
        own = {n: torch.tensor(w) for n, w in part(arrays, f"{tag}__w__").items()}
        x = torch.tensor(arrays[f"{tag}__x"])
        assert set(network.shapes) <= set(own)
        assert {name: tuple(own[name].shape) for name in network.shapes} == network.shapes
        for found, what in (
            (network.features(own, x), "embed"),
            (network.outputs(own, x), "logits"),
        ):
            np.testing.assert_allclose(found, arrays[f"{tag}__{what}"], rtol=1e-4, atol=1e-5)


def test_the_standard_network_has_the_published_number_of_weights():
    network = ConvNet(size=32, n_classes=10)
    weights = network.init(torch.Generator().manual_seed(0))
    assert len(network.flat(weights)) == 320_010
    assert {name: tuple(each.shape) for name, each in weights.items()} == network.shapes


def test_a_network_begins_as_pytorch_begins_its_layers():
    weights = ConvNet(size=8, n_classes=4, width=8, depth=2).init(torch.Generator().manual_seed(1))
    assert weights["features.0.weight"].abs().max() <= 27**-0.5
    assert weights["features.4.weight"].abs().max() <= 72**-0.5
    assert weights["features.4.bias"].abs().max() <= 72**-0.5
    assert (weights["features.1.weight"] == 1).all()
    assert (weights["features.5.bias"] == 0).all()


def test_one_vector_and_named_weights_are_the_same():
    network = ConvNet(size=8, n_classes=3, width=4, depth=2)
    weights = network.init(torch.Generator().manual_seed(0))
    again = network.named(network.flat(weights))
    assert list(again) == list(weights)
    assert all(torch.equal(again[name], weights[name]) for name in weights)


def test_features_in_pieces_that_the_cache_holds_are_those_of_all_at_once():
    network = ConvNet(size=32, n_classes=2, width=64)
    rng = torch.Generator().manual_seed(0)
    weights, images = network.init(rng), torch.randn((40, 3, 32, 32), generator=rng)
    name = "features.4.weight"
    found = []
    for see in (network.features, lambda own, x: network.layers(own, x)[-1].flatten(1)):
        leaf = weights[name].clone().requires_grad_()
        features = see({**weights, name: leaf}, images)
        found.append((features.detach(), *torch.autograd.grad(features.square().mean(), leaf)))
    assert torch.equal(found[0][0], found[1][0])
    torch.testing.assert_close(found[0][1], found[1][1])


def test_batches_stay_whole_where_their_images_depend_on_each_other():
    network = ConvNet(size=32, n_classes=2, width=64, depth=1, norm="batchnorm")
    rng = torch.Generator().manual_seed(0)
    weights, images = network.init(rng), torch.randn((40, 3, 32, 32), generator=rng)
    together = network.layers(weights, images)[-1].flatten(1)
    torch.testing.assert_close(network.features(weights, images), together)
