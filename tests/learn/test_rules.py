"""Rules of descent, against PyTorch where it has them, and else by hand."""

import pytest
import torch

from explorer.learn.rules import Rule, adabelief, adam, lamb, rmsprop, sgd

RATE = 0.01


def descended(rule: Rule, steps: int) -> torch.Tensor:
    """Where x ** 4 is after some steps from (1, 2)."""
    x = torch.tensor([1.0, 2.0])
    kept = tuple(torch.zeros_like(x) for _ in rule.slots)
    for step in range(1, steps + 1):
        direction, kept = rule.direction(x, 4 * x**3, step, *kept)
        x = x - RATE * direction
    return x


@pytest.mark.parametrize(
    ("rule", "kind", "how"),
    [
        (sgd(0.9), torch.optim.SGD, {"momentum": 0.9}),
        (adam(0.5, 0.99), torch.optim.Adam, {"betas": (0.5, 0.99)}),
        (rmsprop(0.9), torch.optim.RMSprop, {"alpha": 0.9}),
    ],
)
def test_steps_equal_those_of_pytorch(rule, kind, how):
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    optimizer = kind([x], RATE, **how)
    for _ in range(5):
        optimizer.zero_grad()
        (x**4).sum().backward()
        optimizer.step()
    torch.testing.assert_close(descended(rule, 5), x.detach())


def test_a_first_step_of_adabelief_by_hand():
    """Mean 0.1 g, and 0.9 g from it: g over 0.9 |g| when both are freed of their start."""
    rule, zero = adabelief(), torch.zeros(2)
    found, kept = rule.direction(torch.ones(2), torch.tensor([2.0, -5.0]), 1, zero, zero)
    torch.testing.assert_close(found, torch.tensor([1 / 0.9, -1 / 0.9]))
    torch.testing.assert_close(kept[1], torch.tensor([0.001 * 0.81 * 4, 0.001 * 0.81 * 25]))


@pytest.mark.parametrize(("param", "length"), [([3.0, 4.0], 5.0), ([0.0, 0.0], 2**0.5)])
def test_a_step_of_lamb_is_as_long_as_the_parameter_or_as_of_adam(param, length):
    rule, zero = lamb(), torch.zeros(2)
    found, _ = rule.direction(torch.tensor(param), torch.tensor([7.0, -7.0]), 1, zero, zero)
    assert float(found.norm()) == pytest.approx(length, rel=1e-5)
    assert float(found[0]) == -float(found[1]) > 0
