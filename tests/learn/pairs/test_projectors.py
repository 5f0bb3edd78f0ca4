"""Projectors in closed form, and pairs that are learned for them."""

import numpy as np
import pytest
import torch

from explorer.learn.pairs.projectors import loss_of, projector
from explorer.learn.students.contrastive import TEMPERATURE


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


@pytest.mark.parametrize(("sign", "expected"), [(1, 0.0), (-1, 2 / TEMPERATURE)])
def test_by_hand_two_real_pairs_are_found_or_each_takes_the_other(sign, expected):
    """Projected texts point as their images do: cosines are 1 with their own, else -1.

    Turned around they are -1 and 1, and InfoNCE is their difference.
    """
    image, text = torch.tensor([[-1.0], [1.0]]), torch.tensor([[-2.0], [2.0]])
    found = loss_of((image, text), (image, sign * text), 0.3)
    assert found.item() == pytest.approx(expected, abs=1e-5)


def test_scores_of_real_pairs_do_not_hang_on_where_learned_ones_lie_or_how_long_they_are():
    """Projections begin at the mean of learned pairs, and the ridge is a share of their length."""
    rng = torch.Generator().manual_seed(0)
    pairs = [torch.randn(8, n, generator=rng, dtype=torch.float64) for n in (5, 3)]
    real = [torch.randn(6, n, generator=rng, dtype=torch.float64) for n in (5, 3)]
    first = loss_of((pairs[0], pairs[1]), (real[0], real[1]), 0.2)
    moved = loss_of((9 * pairs[0] + 4, 2 * pairs[1] - 1), (9 * real[0] + 4, 2 * real[1] - 1), 0.2)
    assert moved.item() == pytest.approx(first.item(), rel=1e-9)


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
