"""The loss of feature alignment and its gradient equal the official ones."""

import numpy as np
import torch

from explorer.learn.images.feature_alignment import (
    N_READ,
    READINGS,
    Aligning,
    Layers,
    align,
    aligning,
    beginning,
)
from explorer.learn.images.labelled import IMAGES, real_images
from explorer.learn.images.policies import NETWORK, Training
from explorer.learn.networks.augment import NOTHING
from explorer.learn.networks.convnet import ConvNet
from tests.learn.towers import close, convnet_of, tensors
from tests.recorded import part, read, recorded

LAYERS = Layers(last=1.0, earlier=0.1, told=0.01)


@recorded("img_cafe")
def test_the_loss_and_its_gradient_equal_the_recorded_ones(case):
    raw = read(case)
    own, weights = tensors(raw), tensors(part(raw, "w__"))
    network = convnet_of(part(raw, "w__"), raw["syn"].shape[-1])
    learned, n = own["syn"].clone().requires_grad_(), network.n_classes
    weighed, told = raw["weights_first_to_fourth"], float(raw["inner_weight"])
    layers = Layers(last=float(weighed[0]), earlier=float(weighed[-1]), told=told)
    found = align(network, weights, list(own["real"]), learned.chunk(n), [NOTHING] * n, layers)
    close(found.layers + found.real + found.told, own["loss"], 1e-4)
    close(found.layers, own["loss_middle"], 1e-4)
    close(found.real, own["loss_real"], 1e-4)
    close(found.told, own["loss_output"], 1e-4)
    (gradient,) = torch.autograd.grad(found.layers + found.real + found.told, learned)
    torch.testing.assert_close(
        gradient, own["dsyn"], rtol=1e-3, atol=1e-5 * own["dsyn"].abs().max().item()
    )


def steps(n: int, still: float, *, carries: bool = False):
    """What so many steps leave behind, one after the other."""
    network, flat = ConvNet(8, 2, width=4, depth=2), np.full(3, 0.5, dtype=np.float32)
    image = np.random.default_rng(0).integers(0, 255, size=(8, 3, 8, 8)).astype(np.uint8)
    source = real_images(image, np.arange(8) % 2, 2, flat, flat, "cpu")
    training = Training(batch=4, rate=0.01)
    how = Aligning(2, (), LAYERS, training, still, 2.0, looks=4, carries=carries)
    images = source.take(np.array([0, 1]))
    target = torch.tensor([0, 1])
    objective = aligning(network, source, lambda params: params[IMAGES], target, how)
    rng, found = torch.Generator().manual_seed(0), []
    params = {IMAGES: images, **beginning(network, target.device)(rng)}
    for _ in range(n):
        params = {**params, **objective(params, rng).replaced}
        found.append(params)
    return found


def test_a_network_is_left_once_its_readings_stand_still(monkeypatch):
    monkeypatch.setattr("explorer.learn.images.feature_alignment.PATIENCE", 1)
    counted = [int(each[N_READ]) for each in steps(12, still=2.0)]
    assert counted == [*range(1, 11), 1, 2]
    assert [int(each[N_READ]) for each in steps(12, still=0.0)] == [*range(1, 13)]


def test_it_is_trained_on_the_set_between_two_steps(monkeypatch):
    monkeypatch.setattr("explorer.learn.images.feature_alignment.PATIENCE", 1)
    first, second = steps(2, still=0.0)
    assert not torch.equal(first[NETWORK], second[NETWORK])


def test_published_readings_hold_a_share_of_the_last_one(monkeypatch):
    monkeypatch.setattr("explorer.learn.images.feature_alignment.PATIENCE", 1)
    plain, published = (steps(2, still=0.0, carries=each)[-1][READINGS] for each in (False, True))
    torch.testing.assert_close(published[-1], plain[-1] + published[-2] / 2)
