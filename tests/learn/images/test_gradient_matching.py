"""Distances of gradients, and of the gradients of classes, equal the recorded ones."""

import numpy as np
import pytest
import torch

from explorer.learn.images.gradient_matching import (
    ALL_CLASSES,
    DISTANCES,
    EACH_CLASS,
    convolutions,
    features,
    gradient,
    match,
)
from explorer.learn.networks.augment import NOTHING
from explorer.learn.networks.convnet import ConvNet
from tests.learn.towers import convnet_of
from tests.recorded import part, read, recorded, variants

OFFICIAL = {"ours": "rows", "mse": "squared", "cos": "cosine"}


def recorded_network(arrays: dict[str, np.ndarray], size: int):
    network = convnet_of(arrays, size)
    return network, {name: torch.tensor(arrays[name]) for name in network.shapes}


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
def test_the_distance_by_angle_with_length_and_without_equals_the_recorded_one(case):
    arrays = read(case)
    real, learned = (
        {n: torch.tensor(v) for n, v in part(arrays, kind).items()} for kind in ("real_", "syn_")
    )
    close(DISTANCES["rows"](real, learned), arrays["jiang_baseline"])
    close(DISTANCES["rows-and-length"](real, learned), arrays["jiang_improved"])


@recorded("img_dc")
@pytest.mark.parametrize("official", OFFICIAL)
def test_two_steps_lead_to_the_recorded_images(case, official):
    arrays = read(case)
    network, weights = recorded_network(part(arrays, "w__"), arrays["syn"].shape[-1])
    learned, n = torch.tensor(arrays["syn"]), network.n_classes
    velocity, losses = torch.zeros_like(learned), []
    for _ in arrays[f"{official}__losses"]:
        leaf = learned.requires_grad_()
        loss = match(
            network,
            weights,
            list(torch.tensor(arrays["real"])),
            leaf.chunk(n),
            [NOTHING] * n,
            DISTANCES[OFFICIAL[official]],
        )
        losses.append(loss.item())
        velocity = velocity * 0.5 + torch.autograd.grad(loss, leaf)[0]
        learned = (leaf - 0.1 * velocity).detach()
    close(torch.tensor(losses), arrays[f"{official}__losses"])
    close(learned, arrays[f"{official}__syn_after_{len(losses)}_steps"])


@recorded("img_dcc")
@pytest.mark.parametrize(
    ("tag", "scope"), [("contrast", ALL_CLASSES), ("plain", EACH_CLASS)], ids=["mean", "each"]
)
def test_gradients_of_all_classes_at_once_equal_the_recorded_ones(case, tag, scope):
    arrays = read(case)
    network, weights = recorded_network(part(arrays, "w__"), arrays["syn"].shape[-1])
    learned, n = torch.tensor(arrays["syn"], requires_grad=True), network.n_classes
    real, distance = list(torch.tensor(arrays["real"])), DISTANCES["rows"]
    sides = [real, learned.chunk(n), [NOTHING] * n]
    loss = match(network, weights, *sides, distance, scope)
    close(loss, arrays[f"{tag}__loss"])
    told = match(network, weights, *sides, distance, ALL_CLASSES)  # whatever is lowered
    close(told, arrays[f"{tag}__loss_print"])
    close(torch.autograd.grad(loss, learned)[0], arrays[f"{tag}__dsyn"])


IDC = {"mse": "squared", "l1": "absolute", "l1_mean": "mean-absolute", "cos": "every-row"}


def of_idc(arrays: dict[str, np.ndarray]):
    """The network that gradients and features are recorded of, and the images of both sides."""
    own, renamed = part(arrays, "match__w__"), {}
    for name, each in own.items():
        _, kind, block, what = (*name.split("."), "", "")[:4]
        place = {"conv": "0", "norm": "1"}.get(kind)
        renamed[f"features.{4 * int(block) + int(place)}.{what}" if place else name] = each
    network, weights = recorded_network(renamed, arrays["match__syn"].shape[-1])
    learned = torch.tensor(arrays["match__syn"], requires_grad=True)
    return network, weights, torch.tensor(arrays["match__real"]), learned


@recorded("img_idc")
def test_gradients_of_some_weights_equal_the_recorded_ones(case):
    arrays = read(case)
    network, weights, real, learned = of_idc(arrays)
    c = int(arrays["match__label"])
    for official, biases, linear in variants(arrays, r"grad_(\w+)_bias(\d)_fc(\d)__loss"):
        assert biases == linear, "both count, or none"
        compared = gradient if int(biases) else convolutions
        of_real, of_learned = (
            compared(network, weights, x, torch.full((len(x),), c), graph=True)
            for x in (real, learned)
        )
        loss = DISTANCES[IDC[official]]({n: g.detach() for n, g in of_real.items()}, of_learned)
        close(loss, arrays[f"grad_{official}_bias{biases}_fc{linear}__loss"])
        (found,) = torch.autograd.grad(loss, learned)
        close(found, arrays[f"grad_{official}_bias{biases}_fc{linear}__dsyn"])


@recorded("img_idc")
def test_mean_features_of_every_block_equal_the_recorded_ones(case):
    arrays = read(case)
    network, weights, real, learned = of_idc(arrays)
    for (official,) in variants(arrays, r"feat_(\w+)__loss"):
        distance = DISTANCES[IDC[official]]
        sides = [real], [learned], [NOTHING]
        loss = match(network, weights, *sides, distance, compared=features)
        close(loss, arrays[f"feat_{official}__loss"])
        close(torch.autograd.grad(loss, learned)[0], arrays[f"feat_{official}__dsyn"])


def test_distances_by_hand():
    """Rows (3, 4) and (0, 0) against (0, 4) and (1, 1), and a bias 2 against -1."""
    real = {"w": torch.tensor([[3.0, 4.0], [0.0, 0.0]]), "b": torch.tensor([2.0])}
    learned = {"w": torch.tensor([[0.0, 4.0], [1.0, 1.0]]), "b": torch.tensor([-1.0])}
    assert DISTANCES["mean-absolute"](real, learned) == 1.5 + 1.0 + 3.0
    cosines = 0.8 + 0.0 - 1.0
    assert abs(float(DISTANCES["every-row"](real, learned)) - (3 - cosines)) < 1e-5


def test_features_of_the_same_images_are_not_apart():
    network = ConvNet(8, 2, width=4, depth=2)
    rng = torch.Generator().manual_seed(0)
    weights, x = network.init(rng), torch.randn((3, 3, 8, 8), generator=rng)
    how = {"distance": DISTANCES["squared"], "compared": features}
    assert match(network, weights, [x], [x], [NOTHING], **how) == 0
    assert match(network, weights, [x], [x + 1], [NOTHING], **how) > 0
