"""Distances of gradients, and of the gradients of classes, equal the recorded ones."""

import numpy as np
import pytest
import torch

from explorer.learn.images.gradient_matching import (
    ALL_CLASSES,
    DISTANCES,
    EACH_CLASS,
    convolutions,
    gradient,
    match,
)
from explorer.learn.networks.augment import NOTHING
from explorer.learn.networks.convnet import ConvNet
from tests.recorded import part, read, recorded

OFFICIAL = {"ours": "rows", "mse": "squared", "cos": "cosine"}


def weights_of(network: ConvNet, arrays: dict[str, np.ndarray]) -> dict[str, torch.Tensor]:
    return {name: torch.tensor(arrays[name]) for name in network.shapes}


def close(found: torch.Tensor, expected: np.ndarray) -> None:
    top = abs(expected).max()
    np.testing.assert_allclose(found.detach(), expected, rtol=1e-3, atol=1e-5 * top)


@recorded("img_gradmatch")
@pytest.mark.parametrize("official", OFFICIAL)
def test_distances_and_their_gradients_equal_the_recorded_ones(case, official):
    arrays = read(case)
    numbers = list(part(arrays, "real_"))
    real = {n: torch.tensor(arrays[f"real_{n}"]) for n in numbers}
    learned = {n: torch.tensor(arrays[f"syn_{n}"], requires_grad=True) for n in numbers}
    found = DISTANCES[OFFICIAL[official]](real, learned)
    close(found, arrays[f"loss_{official}"])
    found.backward()
    for n, each in learned.items():
        expected = arrays[f"dsyn_{official}_{n}"]
        close(torch.zeros_like(each) if each.grad is None else each.grad, expected)


@recorded("img_gradmatch")
def test_the_distance_by_angle_and_length_equals_the_recorded_one(case):
    arrays = read(case)
    real, learned = (
        {n: torch.tensor(v) for n, v in part(arrays, kind).items()} for kind in ("real_", "syn_")
    )
    close(DISTANCES["rows-and-length"](real, learned), arrays["jiang_improved"])


@recorded("img_dc")
@pytest.mark.parametrize("official", OFFICIAL)
def test_two_steps_lead_to_the_recorded_images(case, official):
    arrays = read(case)
    network = ConvNet(16, 3, width=6, depth=3)
    weights = weights_of(network, part(arrays, "w__"))
    learned, velocity = torch.tensor(arrays["syn"]), torch.zeros_like(torch.tensor(arrays["syn"]))
    for _ in range(2):
        leaf = learned.requires_grad_()
        loss = match(
            network,
            weights,
            list(torch.tensor(arrays["real"])),
            leaf.chunk(3),
            [NOTHING] * 3,
            DISTANCES[OFFICIAL[official]],
        )
        velocity = velocity * 0.5 + torch.autograd.grad(loss, leaf)[0]
        learned = (leaf - 0.1 * velocity).detach()
    close(learned, arrays[f"{official}__syn_after_2_steps"])


@recorded("img_dcc")
@pytest.mark.parametrize(
    ("tag", "scope"), [("contrast", ALL_CLASSES), ("plain", EACH_CLASS)], ids=["mean", "each"]
)
def test_gradients_of_all_classes_at_once_equal_the_recorded_ones(case, tag, scope):
    arrays = read(case)
    network = ConvNet(16, 3, width=6, depth=3)
    weights = weights_of(network, part(arrays, "w__"))
    learned = torch.tensor(arrays["syn"], requires_grad=True)
    real = list(torch.tensor(arrays["real"]))
    loss = match(network, weights, real, learned.chunk(3), [NOTHING] * 3, DISTANCES["rows"], scope)
    close(loss, arrays[f"{tag}__loss"])
    close(torch.autograd.grad(loss, learned)[0], arrays[f"{tag}__dsyn"])


@recorded("img_idc")
@pytest.mark.parametrize(
    ("official", "distance", "kept"),
    [
        ("mse_bias0_fc0", "squared", convolutions),
        ("mse_bias1_fc1", "squared", dict),
        ("l1_bias0_fc0", "absolute", convolutions),
        ("cos_bias0_fc0", "rows", convolutions),
    ],
)
def test_gradients_of_kernels_alone_equal_the_recorded_ones(case, official, distance, kept):
    arrays = read(case)
    network = ConvNet(16, 3, width=6, depth=3)
    own, named = part(arrays, "match__w__"), {}
    for block in range(3):
        for official_name, place in (("conv", 4 * block), ("norm", 4 * block + 1)):
            for kind in ("weight", "bias"):
                kept_name = f"layers.{official_name}.{block}.{kind}"
                named[f"features.{place}.{kind}"] = own[kept_name]
    named |= {n: own[n] for n in ("classifier.weight", "classifier.bias")}
    weights, c = weights_of(network, named), int(arrays["match__label"])
    learned = torch.tensor(arrays["match__syn"], requires_grad=True)
    sides = [
        kept(gradient(network, weights, x, torch.full((len(x),), c), graph=True))
        for x in (torch.tensor(arrays["match__real"]), learned)
    ]
    loss = DISTANCES[distance]({n: g.detach() for n, g in sides[0].items()}, sides[1])
    close(loss, arrays[f"grad_{official}__loss"])
    close(torch.autograd.grad(loss, learned)[0], arrays[f"grad_{official}__dsyn"])
