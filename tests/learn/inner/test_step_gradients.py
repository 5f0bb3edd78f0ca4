"""Gradients of steps: kept where there is room, computed again elsewhere, the same either way."""

import pytest
import torch

from explorer.learn.inner.step_gradients import ROOM, StepGradients

STEPS = 4


class Quartic:
    """A loss of weights and of something to learn, which counts how often it is computed."""

    def __init__(self) -> None:
        self.learned = torch.tensor([1.0, -2.0, 0.5], requires_grad=True)
        self.calls = 0

    def __call__(self, step, weights):
        self.calls += 1
        return ((step + 1) * weights[0] * self.learned).pow(4).sum() / 4


def back_and_forth(room: int) -> tuple[Quartic, list[torch.Tensor]]:
    """All that is found: gradients on the way there, and those of their sums on the way back."""
    loss = Quartic()
    gradients = StepGradients(loss, room)
    places = [(torch.arange(3.0) + step,) for step in range(STEPS)]
    found = [gradients.take(step, place)[0] for step, place in enumerate(places)]
    for step in reversed(range(STEPS)):
        (leaf,), (taken,) = gradients.again(step, places[step])
        found += torch.autograd.grad(taken.sum(), [leaf, loss.learned])
    return loss, found


def test_gradients_of_gradients_are_those_of_the_formula():
    _, found = back_and_forth(ROOM)
    w, a = torch.arange(3.0), torch.tensor([1.0, -2.0, 0.5])
    torch.testing.assert_close(found[0], w**3 * a**4)
    torch.testing.assert_close(found[-2], 3 * w**2 * a**4)
    torch.testing.assert_close(found[-1], 4 * w**3 * a**3)


@pytest.mark.parametrize("room", [0, 200, ROOM])
def test_what_is_found_does_not_depend_on_how_much_is_kept(room):
    for one, other in zip(back_and_forth(room)[1], back_and_forth(ROOM)[1], strict=True):
        assert torch.equal(one, other)


def test_a_loss_is_computed_again_only_where_there_was_no_room():
    kept, anew = back_and_forth(ROOM)[0].calls, back_and_forth(0)[0].calls
    assert (kept, anew) == (STEPS + 1, 2 * STEPS + 1)  # and once to see what it takes
    assert kept < back_and_forth(300)[0].calls < anew
