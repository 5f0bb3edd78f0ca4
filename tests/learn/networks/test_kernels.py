"""Kernels of infinitely wide networks equal the recorded ones of neural-tangents."""

import numpy as np
import torch

from explorer.learn.images.regression import half_mean_square
from explorer.learn.networks.kernels import (
    convolutional,
    fully_connected,
    linear,
    myrtle,
    regress,
)
from tests.recorded import read, recorded, variants


def images(array: np.ndarray) -> torch.Tensor:
    """(n, C, H, W) of (n, H, W, C)."""
    return torch.tensor(array).permute(0, 3, 1, 2)


def closely(found: torch.Tensor, expected: np.ndarray) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-6)


@recorded("img_kip")
def test_those_of_fully_connected_networks(case):
    arrays = read(case)
    a, b = images(arrays["x_target"]), images(arrays["x_support"])
    for (hidden,) in variants(arrays, r"fc(\d+)_ntk_ss"):
        own, both = fully_connected(b, b, int(hidden)), fully_connected(a, b, int(hidden))
        closely(own.nngp, arrays[f"fc{hidden}_nngp_ss"])
        closely(own.ntk, arrays[f"fc{hidden}_ntk_ss"])
        closely(both.ntk, arrays[f"fc{hidden}_ntk_ts"])


@recorded("img_kip")
def test_the_loss_of_a_regression_and_its_gradients(case):
    arrays = read(case)
    x = torch.tensor(arrays["x_support"], requires_grad=True)
    y = torch.tensor(arrays["y_support"], requires_grad=True)
    target, wanted = torch.tensor(arrays["x_target"]), torch.tensor(arrays["y_target"])
    for name, hidden in variants(arrays, r"(linear|fc(\d+)_ntk)__loss"):
        own, both = (
            fully_connected(each, x, int(hidden)).ntk if hidden else linear(each, x)
            for each in (x, target)
        )
        predicted = regress(own, both, y, 1e-6)
        loss = half_mean_square(predicted, wanted)
        closely(loss.detach(), arrays[f"{name}__loss"])
        right = (predicted.argmax(dim=1) == wanted.argmax(dim=1)).double().mean()
        assert right == arrays[f"{name}__acc"]
        for found, what in zip(torch.autograd.grad(loss, (x, y)), ("dx", "dy"), strict=True):
            expected = arrays[f"{name}__{what}"]
            np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6 * abs(expected).max())


@recorded("img_kip")
def test_those_of_convolutional_networks(case):
    arrays, kernels = read(case), {"convnet": convolutional, "myrtle": myrtle}
    a, b = images(arrays["conv_x"]), images(arrays["conv_x2"])
    for name, size in variants(arrays, r"(convnet|myrtle)(\d+)_ntk"):
        own, cross = kernels[name](a, a, int(size)), kernels[name](b, a, int(size))
        closely(own.nngp, arrays[f"{name}{size}_nngp"])
        closely(own.ntk, arrays[f"{name}{size}_ntk"])
        closely(cross.ntk, arrays[f"{name}{size}_ntk_cross"])


def test_equal_images_in_a_batch_have_finite_gradients():
    x = torch.ones((2, 3, 4, 4), dtype=torch.float64, requires_grad=True)
    for found in (fully_connected(x, x, 2).ntk, convolutional(x, x, 1).ntk, myrtle(x, x, 7).ntk):
        (gradient,) = torch.autograd.grad(found.sum(), x)
        assert gradient.isfinite().all()
