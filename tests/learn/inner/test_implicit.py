"""Gradients of where training ends equal the official ones, and those of a known minimum."""

import pytest
import torch
from torch.nn import functional

from explorer.learn.inner.implicit import conjugate_gradient, hypergradient, neumann
from tests.learn.towers import close, tensors
from tests.recorded import read, recorded


@recorded("img_lorraine")
def test_the_series_and_its_gradient_equal_the_recorded_ones_but_for_its_factor(case):
    """The code compared with leaves out the factor 0.1 of the series."""
    own = tensors(read(case))
    x = own["x"].clone().requires_grad_()
    shape = own["w"].shape

    def train(flat):
        w = flat.view(shape)
        return functional.cross_entropy(x @ w, own["y"]) + 0.05 * w.square().sum()

    def outer(flat):
        return functional.cross_entropy(own["xv"] @ flat.view(shape), own["yv"])

    def series(product, vector):
        close(vector.view(shape), own["v"], 1e-4)
        return neumann(product, vector, 3, 0.1)

    found = hypergradient(train, outer, own["w"].flatten(), [x], series)
    close(found.solved.view(shape) / 0.1, own["inverse_hvp"], 1e-4)
    close(found.inputs[0] / 0.1, own["hypergradient"], 1e-3)


SOLVES = {
    "series": lambda product, vector: neumann(product, vector, 600, 0.03),
    "conjugate": lambda product, vector: conjugate_gradient(product, vector, 12),
}


@pytest.mark.parametrize("name", SOLVES)
def test_the_gradient_is_that_of_the_minimum(name):
    rng = torch.Generator().manual_seed(0)
    design, goal = torch.randn(9, 4, generator=rng).double(), torch.randn(4, generator=rng).double()
    targets = torch.randn(9, generator=rng).double().requires_grad_()

    def minimum(targets):
        """Of a ridge regression, in closed form."""
        return torch.linalg.solve(design.T @ design + torch.eye(4), design.T @ targets)

    def train(w):
        return (design @ w - targets).square().sum() / 2 + w.square().sum() / 2

    def outer(w):
        return (w - goal).square().sum()

    (expected,) = torch.autograd.grad(outer(minimum(targets)), targets)
    found = hypergradient(train, outer, minimum(targets).detach(), [targets], SOLVES[name])
    close(found.inputs[0], expected, 1e-5)


def test_conjugate_gradients_stop_where_there_is_no_curvature():
    flat = conjugate_gradient(lambda v: v * torch.tensor([2.0, 0.0]), torch.tensor([1.0, 1.0]), 5)
    assert flat.isfinite().all()
