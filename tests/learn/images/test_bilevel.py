"""A network that goes on with a set, or begins anew in every step."""

import numpy as np
import pytest
import torch

from explorer.learn.images.bilevel import AGE, Inner, beginning, bilevel
from explorer.learn.images.labelled import IMAGES, real_images
from explorer.learn.images.policies import NETWORK
from explorer.learn.inner.implicit import conjugate_gradient
from explorer.learn.networks.convnet import ConvNet
from explorer.learn.rules import adam, sgd


def steps(n: int, *, is_warm: bool, is_unrolled: bool):
    """What each of so many steps leaves behind, and the gradients of the images."""
    network, flat = ConvNet(8, 2, width=4, depth=2), np.full(3, 0.5, dtype=np.float32)
    image = np.random.default_rng(0).integers(0, 255, size=(8, 3, 8, 8)).astype(np.uint8)
    source = real_images(image, np.arange(8) % 2, 2, flat, flat, "cpu")
    rule = sgd(0.0) if is_unrolled else adam()
    inner = Inner(3, 0.05, rule, 0.01, is_warm, (), 4)
    solve = None if is_unrolled else lambda p, v: conjugate_gradient(p, v, 2)
    target = torch.tensor([0, 1])
    objective = bilevel(network, source, target, inner, solve)
    rng = torch.Generator().manual_seed(0)
    params = {IMAGES: source.take(np.arange(2)), **beginning(network, inner, target.device)(rng)}
    found = []
    for _ in range(n):
        one = objective(params, rng)
        params = {**params, **one.replaced}
        found.append((params, one))
    return found


@pytest.mark.parametrize("is_unrolled", [True, False])
def test_a_warm_network_goes_on_and_a_cold_one_begins_anew(is_unrolled):
    ages = {
        is_warm: [int(p[AGE]) for p, _ in steps(3, is_warm=is_warm, is_unrolled=is_unrolled)]
        for is_warm in (True, False)
    }
    assert ages == {True: [3, 6, 9], False: [3, 3, 3]}


@pytest.mark.parametrize("is_unrolled", [True, False])
def test_images_have_a_gradient_and_the_network_changes(is_unrolled):
    (first, one), (second, _) = steps(2, is_warm=True, is_unrolled=is_unrolled)
    assert one.by_name[IMAGES].abs().sum() > 0
    assert set(one.by_name) == {IMAGES}
    assert not torch.equal(first[NETWORK], second[NETWORK])
