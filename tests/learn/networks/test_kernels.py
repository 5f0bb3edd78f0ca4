"""Kernels of infinitely wide networks equal the recorded ones of neural-tangents."""

import numpy as np
import pytest
import torch

from explorer.learn.images.regression import half_mean_square
from explorer.learn.networks.kernels import convolutional, fully_connected, regress
from tests.recorded import read, recorded


def images(array: np.ndarray) -> torch.Tensor:
    """(n, C, H, W) of (n, H, W, C)."""
    return torch.tensor(array).permute(0, 3, 1, 2)


@recorded("img_kip")
@pytest.mark.parametrize("hidden", [1, 2, 3])
def test_those_of_fully_connected_networks(case, hidden):
    arrays = read(case)
    a, b = images(arrays["x_target"]), images(arrays["x_support"])
    own, both = fully_connected(b, b, hidden), fully_connected(a, b, hidden)
    np.testing.assert_allclose(own.nngp, arrays[f"fc{hidden}_nngp_ss"], rtol=1e-6)
    np.testing.assert_allclose(own.ntk, arrays[f"fc{hidden}_ntk_ss"], rtol=1e-6)
    np.testing.assert_allclose(both.ntk, arrays[f"fc{hidden}_ntk_ts"], rtol=1e-6)


@recorded("img_kip")
@pytest.mark.parametrize("hidden", [1, 2, 3])
def test_the_loss_of_a_regression_and_its_gradients(case, hidden):
    arrays = read(case)
    x = torch.tensor(arrays["x_support"], requires_grad=True)
    y = torch.tensor(arrays["y_support"], requires_grad=True)
    target = torch.tensor(arrays["x_target"])
    own, both = fully_connected(x, x, hidden).ntk, fully_connected(target, x, hidden).ntk
    loss = half_mean_square(regress(own, both, y, 1e-6), torch.tensor(arrays["y_target"]))
    np.testing.assert_allclose(loss.item(), arrays[f"fc{hidden}_ntk__loss"], rtol=1e-6)
    for found, name in zip(torch.autograd.grad(loss, (x, y)), ("dx", "dy"), strict=True):
        expected = arrays[f"fc{hidden}_ntk__{name}"]
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6 * abs(expected).max())


@recorded("img_kip")
@pytest.mark.parametrize("blocks", [1, 3])
def test_those_of_convolutional_networks(case, blocks):
    arrays = read(case)
    a, b = images(arrays["conv_x"]), images(arrays["conv_x2"])
    own, cross = convolutional(a, a, blocks), convolutional(b, a, blocks)
    np.testing.assert_allclose(own.nngp, arrays[f"convnet{blocks}_nngp"], rtol=1e-6)
    np.testing.assert_allclose(own.ntk, arrays[f"convnet{blocks}_ntk"], rtol=1e-6)
    np.testing.assert_allclose(cross.ntk, arrays[f"convnet{blocks}_ntk_cross"], rtol=1e-6)


def test_equal_images_in_a_batch_have_finite_gradients():
    x = torch.ones((2, 3, 4, 4), dtype=torch.float64, requires_grad=True)
    for found in (fully_connected(x, x, 2).ntk, convolutional(x, x, 1).ntk):
        (gradient,) = torch.autograd.grad(found.sum(), x)
        assert gradient.isfinite().all()
