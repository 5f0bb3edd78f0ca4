"""Projectors in closed form, and pairs that are learned for them."""

import numpy as np
import pytest
import torch

from explorer.learn.projectors import loss_of, projector


def test_by_hand_two_points_give_a_slope_that_a_ridge_halves():
    """Centred inputs are -1 and 1, targets -2 and 2: the slope is 4 / (2 + ridge)."""
    inputs, targets = torch.tensor([[1.0], [3.0]]), torch.tensor([[0.0], [4.0]])
    assert projector(inputs, targets, 1e-6)(torch.tensor([[4.0]])).item() == pytest.approx(4, 1e-3)
    assert projector(inputs, targets, 2.0)(torch.tensor([[4.0]])).item() == pytest.approx(2, 1e-3)


@pytest.mark.parametrize("n", [5, 40])
def test_it_is_the_ridge_regression_of_more_rows_than_columns_and_of_fewer(n):
    rng = np.random.default_rng(0)
    inputs, targets = rng.normal(size=(n, 8)), rng.normal(size=(n, 3))
    x, y = inputs - inputs.mean(axis=0), targets - targets.mean(axis=0)
    strength = 0.5 * (x**2).sum(axis=1).mean()
    expected = np.linalg.solve(x.T @ x + strength * np.eye(8), x.T @ y)
    found = projector(torch.from_numpy(inputs), torch.from_numpy(targets), 0.5)
    np.testing.assert_allclose(found.weights, expected, rtol=1e-9)


def test_pairs_that_turn_alike_find_real_ones_and_others_are_learned_to():
    rng = torch.Generator().manual_seed(0)
    turn = torch.linalg.qr(torch.randn(6, 6, generator=rng))[0]
    real = torch.randn(30, 6, generator=rng)
    pairs = torch.randn(12, 6, generator=rng)
    alike = loss_of((pairs, pairs @ turn), (real, real @ turn), 0.01)
    text = torch.randn(12, 6, generator=rng).requires_grad_()
    losses = []
    for _ in range(60):
        loss = loss_of((pairs, text), (real, real @ turn), 0.01)
        (gradient,) = torch.autograd.grad(loss, text)
        text = (text - 0.3 * gradient).detach().requires_grad_()
        losses.append(loss.item())
    assert alike < 0.2 < losses[-1] < losses[0] / 2
