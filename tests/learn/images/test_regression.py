"""What regressions on learned images lower equals the recorded losses."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from torch.nn import functional

from explorer.learn.images.labelled import IMAGES, real_images
from explorer.learn.images.regression import (
    AGES,
    LABELS,
    POOL,
    Pool,
    Read,
    begin_pool,
    centred,
    feature_kernel,
    half_mean_square,
    half_square,
    margin,
    read_by_pool,
    shares,
    wide_start,
)
from explorer.learn.networks.convnet import ConvNet
from explorer.learn.networks.kernels import regress
from explorer.learn.networks.widening import WideningConvNet
from tests.learn.towers import convnet_of
from tests.recorded import part, read, recorded, variants


def close(found: torch.Tensor, expected: np.ndarray) -> None:
    top = abs(expected).max()
    np.testing.assert_allclose(found.detach(), expected, rtol=1e-3, atol=1e-5 * top)


@recorded("img_frepo")
def test_the_loss_on_features_of_a_trained_network(case):
    own = {n: torch.tensor(v) for n, v in read(case).items() if n != "source"}
    x, y = own["x_proto"].requires_grad_(), own["y_proto"].requires_grad_()
    seen = torch.tanh(x @ own["W"])
    close(seen, own["feat_proto"].numpy())
    predicted = regress(seen @ seen.T, own["feat_target"] @ seen.T, y, 1e-6)
    close(predicted, own["pred"].numpy())
    close(half_square(predicted, own["y_target"]), own["mse"].numpy())
    close(margin(y), own["label_loss"].numpy())
    loss = half_square(predicted, own["y_target"]) + margin(y)
    close(loss, own["total"].numpy())
    for found, name in zip(torch.autograd.grad(loss, (x, y)), ("dx", "dy"), strict=True):
        close(found, own[name].numpy())


@recorded("img_rfad")
def test_the_loss_on_features_of_random_networks(case):
    arrays = read(case)
    x, y, sharpness = (torch.tensor(arrays[n], requires_grad=True) for n in ("X", "Y", "k"))
    both, found = torch.cat([x, torch.tensor(arrays["x_train"])]), []
    for number in sorted({n for (n,) in variants(arrays, r"model(\d+)__.*")}):
        weights = {n: torch.tensor(v) for n, v in part(arrays, f"model{number}__").items()}
        network = convnet_of(weights, x.shape[-1], "none", n_classes=y.shape[1])
        found.append(network.features(weights, both))
    seen = torch.cat(found, dim=1)
    own, others = (seen / seen.shape[1] ** 0.5).double().split([len(x), len(both) - len(x)])
    close(own, arrays["phi_coreset"])
    close(others, arrays["phi_train"])
    kernels = feature_kernel(own, own), feature_kernel(others, own)
    ridge, classes = float(arrays["jit"]), torch.tensor(arrays["y_train"])
    close(kernels[0] + ridge * kernels[0].diagonal().mean() * torch.eye(len(x)), arrays["K_xx"])
    close(kernels[1], arrays["K_zx"])
    predicted = regress(*kernels, y, ridge)
    losses = {
        "mse": half_mean_square(predicted, centred(classes, y.shape[1])),
        "platt": functional.cross_entropy(sharpness.exp() * predicted, classes),
    }
    learned = {"dX": x, "dY": y, "dk": sharpness}
    for kind, loss in losses.items():
        close(predicted, arrays[f"{kind}__preds"])
        close(loss, arrays[f"{kind}__loss"])
        named = {n: each for n, each in learned.items() if f"{kind}__{n}" in arrays}
        slopes = torch.autograd.grad(loss, list(named.values()), retain_graph=True)
        for each, name in zip(slopes, named, strict=True):
            close(each, arrays[f"{kind}__{name}"])


@recorded("img_rfad")
def test_random_networks_of_a_seed_are_the_recorded_ones(case):
    arrays = read(case)
    x = torch.tensor(arrays["x_train"])
    network = convnet_of(part(arrays, "model0__"), x.shape[-1], "none", n_classes=1)
    for (seeds,) in variants(arrays, r"rf_seed_([\d_]+)__x_train"):
        drawn = [torch.Generator().manual_seed(int(seed)) for seed in seeds.split("_")]
        found = [network.features(wide_start(network, rng), x) for rng in drawn]
        seen = torch.cat(found, dim=1)
        close(seen / seen.shape[1] ** 0.5, arrays[f"rf_seed_{seeds}__x_train"])


def test_shares_are_those_of_classes():
    found = shares(centred(torch.tensor([1, 0]), 3) * 5)
    torch.testing.assert_close(found, torch.eye(3)[[1, 0]], atol=0.35, rtol=0)
    assert found.argmax(dim=1).tolist() == [1, 0]
    torch.testing.assert_close(found.sum(dim=1), torch.ones(2))


@pytest.mark.parametrize(
    "network",
    [
        ConvNet(8, 2, width=4, depth=2),
        WideningConvNet(8, 2, width=4, depth=2),
        WideningConvNet(8, 2, width=4, depth=2, has_norm=True),
    ],
    ids=["convnet", "widening", "widening-bn"],
)
def test_networks_of_a_pool_are_trained_after_they_were_met_and_begin_anew_when_old(network):
    flat = np.full(3, 0.5, dtype=np.float32)
    image = np.random.default_rng(0).integers(0, 255, size=(8, 3, 8, 8)).astype(np.uint8)
    source = real_images(image, np.arange(8) % 2, 2, flat, flat, "cpu")
    pool, rng = Pool(size=1, oldest=2, rate=1e-3), torch.Generator().manual_seed(0)
    params = begin_pool(network, pool, torch.device("cpu"))(rng)
    targets = centred(torch.tensor([0, 1]), 2)
    read = Read(source, lambda p: p[IMAGES], targets, batch=4, ridge=1e-6)
    objective = read_by_pool(pool, network, read)
    params |= {IMAGES: source.take(np.arange(2)), LABELS: targets}
    ages, weights = [], [params[POOL]]
    for _ in range(4):
        found = objective(params, rng)
        params = {**params, **found.replaced}
        ages.append(int(params[AGES][0]))
        weights.append(params[POOL])
        assert set(found.by_name) == {IMAGES, LABELS}
    assert ages == [0, 1, 2, 0]
    assert [not torch.equal(a, b) for a, b in pairwise(weights)] == [False, True, True, True]
    kept = [network.named(each[0]).get("norm1.mean") for each in weights]
    if kept[0] is not None:  # begins as 0, and moves by a tenth with each step of training
        assert [each.any().item() for each in kept] == [False, False, True, True, False]


def test_a_network_of_a_pool_is_trained_on_the_set_as_the_step_left_it():
    network, rng = ConvNet(8, 2, width=4, depth=2), torch.Generator().manual_seed(0)
    pixels = np.random.default_rng(0).integers(0, 255, size=(8, 3, 8, 8)).astype(np.uint8)
    flat = np.full(3, 0.5, dtype=np.float32)
    source = real_images(pixels, np.arange(8) % 2, 2, flat, flat, "cpu")
    pool, targets = Pool(size=1, oldest=9, rate=1e-3), centred(torch.tensor([0, 1]), 2)
    objective = read_by_pool(
        pool, network, Read(source, lambda p: p[IMAGES], targets, batch=4, ridge=1e-6)
    )
    first = begin_pool(network, pool, torch.device("cpu"))(rng) | {
        IMAGES: source.take(np.arange(2)),
        LABELS: targets,
    }
    params = {**first, **objective(first, rng).replaced}
    moved = params | {IMAGES: params[IMAGES] + 1, LABELS: params[LABELS] * 2}
    found = objective(moved, rng).replaced[POOL][0]

    start = first[POOL][0].clone().requires_grad_()
    gap = network.outputs(network.named(start), moved[IMAGES]) - moved[LABELS]
    (gradient,) = torch.autograd.grad(0.5 * gap.square().sum(dim=1).mean(), start)
    steep = gradient.abs() > 1e-5  # Adam's first step is as long as the rate, whatever the slope
    expected = start.detach() - 1e-3 * gradient.sign()
    torch.testing.assert_close(found[steep], expected[steep], atol=1e-5, rtol=0)
