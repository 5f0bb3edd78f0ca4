"""The loop: what a step does, and that it goes on to the same numbers."""

import numpy as np
import pytest
import torch

from explorer.errors import ConfigError
from explorer.learn.optimise import (
    Gradients,
    Problem,
    Rate,
    by_autograd,
    optimise,
    penalised,
)
from explorer.learn.rules import sgd
from explorer.progress import silent
from explorer.types import Samples, State


def problem(objective, steps=3, **changed) -> Problem:
    usual = Problem(
        begin=lambda rng: {"x": torch.tensor([1.0, 2.0])},
        objective=objective,
        samples=lambda params: Samples(text_embeddings=params["x"].numpy()[None]),
        rates={"x": Rate(0.5)},
        rule=sgd(0.5),
        steps=steps,
        seed=0,
    )
    return usual._replace(**changed)


def states(what: Problem, state: State | None = None) -> list[State]:
    return list(optimise(what, state, silent, lambda measured: None))


def test_steps_are_those_of_sgd_with_momentum_by_hand():
    """The gradient is 1 always: velocities 1, 1.5, 1.75; places 1 - 0.5 - 0.75 - 0.875."""
    found = states(problem(lambda params, rng: Gradients(7.0, {"x": torch.ones(2)})))
    assert [each.done for each in found] == [0, 1, 2, 3]
    places = [each.arrays["params.x"][0] for each in found]
    assert places == [1.0, 0.5, -0.25, -1.125]
    assert [each.metrics for each in found] == [{}, *[{"loss": 7.0}] * 3]


def test_they_equal_those_of_pytorch():
    loss = by_autograd(lambda params, rng: (params["x"] ** 4).sum())
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    optimizer = torch.optim.SGD([x], 0.01, momentum=0.9)
    for _ in range(5):
        optimizer.zero_grad()
        (x**4).sum().backward()
        optimizer.step()
    *_, last = states(problem(loss, 5, rates={"x": Rate(0.01)}, rule=sgd(0.9)))
    np.testing.assert_allclose(last.arrays["params.x"], x.detach(), rtol=1e-6)


def test_a_penalty_reaches_the_parameter_and_the_loss():
    objective = penalised(by_autograd(lambda params, rng: params["x"].sum()), "x", 0.5)
    found = objective({"x": torch.tensor([1.0, 3.0])}, torch.Generator())
    assert found.loss == 4 + 5
    assert found.by_name["x"].tolist() == [2.0, 4.0]


def test_what_has_no_gradient_stays():
    def begin(rng):
        return {"x": torch.zeros(2), "y": torch.ones(1)}

    loss = by_autograd(lambda params, rng: params["x"].sum())
    *_, last = states(problem(loss, begin=begin, rates={"x": Rate(1.0), "y": Rate(1.0)}))
    assert last.arrays["params.y"] == [1.0]


def test_a_value_is_kept_from_falling_too_far():
    objective = by_autograd(lambda params, rng: params["x"].sum())
    *_, last = states(problem(objective, at_least={"x": 0.25}))
    assert last.arrays["params.x"].tolist() == [0.25, 0.25]


@pytest.mark.parametrize("stop", range(5))
def test_it_goes_on_from_any_state_to_the_same_bytes(stop):
    loss = by_autograd(lambda params, rng: (params["x"] * torch.randn(2, generator=rng)).sum())
    what = problem(loss, 4)
    whole = states(what)
    left = whole[stop]
    kept = State(done=left.done, total=4, samples=Samples, arrays=left.arrays)
    again = states(what, kept)
    assert {n: v.tobytes() for n, v in again[-1].arrays.items()} == {
        n: v.tobytes() for n, v in whole[-1].arrays.items()
    }


@pytest.mark.parametrize(
    ("losses", "told"),
    [
        ([1.0, 2.0, float("nan")], "The loss of step 3 is no number any more"),
        ([1.0, -3.0, float("inf")], "The loss of step 3 is no number any more"),
        ([1.0, 9e5, 2e6], r"The loss of step 3 is 2.0e\+06 times that of the first"),
        ([float("nan")], "The loss of step 1 is no number any more"),
    ],
)
def test_a_loss_that_runs_away_ends_it_and_the_states_before_stay(losses, told):
    left = iter(losses)
    what = problem(lambda params, rng: Gradients(next(left), {"x": torch.ones(2)}), len(losses) + 1)
    kept, going = [], optimise(what, None, silent, lambda measured: None)
    with pytest.raises(ConfigError, match=f"{told}: lower learning_rate and begin again"):
        kept.extend(going)
    assert [each.done for each in kept] == list(range(len(losses)))
    assert all(np.isfinite(each.arrays["params.x"]).all() for each in kept)


def test_the_setting_to_lower_is_that_of_what_moved_furthest_for_its_size():
    gradients = {"x": torch.tensor([10.0, 0.0]), "y": torch.tensor([1e4])}
    left = iter([1.0, float("nan")])
    what = problem(
        lambda params, rng: Gradients(next(left), gradients),
        begin=lambda rng: {"x": torch.tensor([1.0, 2.0]), "y": torch.tensor([1e6])},
        rates={"x": Rate(1.0, "image_rate"), "y": Rate(1.0, "text_rate")},
    )
    with pytest.raises(ConfigError, match="lower image_rate and"):
        states(what)


def test_what_hardly_moved_is_not_blamed_alone():
    left = iter([1.0, float("nan")])
    found = {"x": torch.tensor([1e-3, 0.0])}
    what = problem(lambda *_: Gradients(next(left), found), lower_first=("network_rate",))
    with pytest.raises(ConfigError, match="lower learning_rate or network_rate and"):
        states(what)


@pytest.mark.parametrize(
    ("gradient", "rate", "told"),
    [
        ([1.0, float("inf")], 0.5, "The gradient of step 1 is no number any more"),
        ([1e38, 1e38], 1e9, "Step 1 goes more than"),
        ([1.0, 1.0], 1e9, "Step 1 goes more than"),
    ],
)
def test_a_gradient_or_a_step_that_runs_away_ends_it_too(gradient, rate, told):
    found = Gradients(1.0, {"x": torch.tensor(gradient)})
    what = problem(lambda params, rng: found, rates={"x": Rate(rate)})
    with pytest.raises(ConfigError, match=f"{told}.*: lower learning_rate and begin again"):
        states(what)


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_a_first_step_is_as_long_as_asked_for_whatever_the_scale_of_the_loss(scale):
    """The second entry has no gradient, so the length of the first counts: 3 of (3, 4)."""
    what = problem(
        lambda params, rng: Gradients(1.0, {"x": torch.tensor([scale, 0.0])}),
        begin=lambda rng: {"x": torch.tensor([3.0, 4.0])},
        rates={"x": Rate(0.0, first_step=0.01)},
        rule=sgd(0.0),
    )
    found = [each.arrays["params.x"][0] for each in states(what)]
    np.testing.assert_allclose(found, [3.0, 2.97, 2.94, 2.91], rtol=1e-5)


def test_a_rate_waits_for_the_first_gradient_and_is_kept_with_the_state():
    def objective(params, rng):
        return Gradients(1.0, {"x": params["x"] * (torch.rand((), generator=rng) > 0.5)})

    what = problem(objective, 6, rates={"x": Rate(0.0, first_step=0.1)})
    whole = states(what)
    rates = [each.arrays["rate.x"].item() for each in whole]
    assert rates[0] == 0
    assert rates[-1] == pytest.approx(0.1)
    for left in whole:
        kept = State(done=left.done, total=6, samples=Samples, arrays=left.arrays)
        again = states(what, kept)[-1]
        assert again.arrays["params.x"].tobytes() == whole[-1].arrays["params.x"].tobytes()


def test_samples_are_those_of_their_step():
    found = states(problem(lambda params, rng: Gradients(0.0, {"x": torch.ones(2)})))
    values = [each.samples().text_embeddings[0, 0] for each in found]
    assert values == [1.0, 0.5, -0.25, -1.125]
