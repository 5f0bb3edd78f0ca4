"""Problems one after the other, and sets that are moving averages."""

import numpy as np
import pytest
import torch

from explorer.learn.averages import averaged
from explorer.learn.optimise import Gradients, Problem, Rate, optimise
from explorer.learn.phases import in_phases
from explorer.learn.rules import sgd
from explorer.progress import silent
from explorer.types import Samples, State
from tests.recorded import read, recorded, variants


def falling(steps: int, by: float, objective=None) -> Problem:
    """Lowers x by a constant and a draw in each step."""

    def usual(params, rng):
        return Gradients(0.0, {"x": by + torch.rand(2, generator=rng)})

    return Problem(
        begin=lambda rng: {"x": torch.tensor([1.0, 2.0])},
        objective=objective or usual,
        samples=lambda params: Samples(text_embeddings=params["x"].numpy()[None]),
        rates={"x": Rate(1.0)},
        rule=sgd(0.5),
        steps=steps,
        seed=steps,
    )


def run(number: int, problem: Problem, own: State | None):
    return optimise(problem, own, silent, lambda measured: None)


def values(states) -> list[np.ndarray]:
    return [each.samples().text_embeddings[0] for each in states]


@recorded("vl_ptm")
def test_averages_equal_the_recorded_ones(case):
    """Each recorded value is what a step leaves, so the step goes there, however far it is."""
    arrays = read(case)
    for (name,) in variants(arrays, r"ema_out_(\w+)"):
        start, wanted = (torch.tensor(arrays[f"ema_{what}_{name}"]) for what in ("start", "seq"))
        left = iter(wanted)
        problem = Problem(
            begin=lambda rng, start=start: {"x": start},
            objective=lambda params, rng, left=left: Gradients(0, {"x": params["x"] - next(left)}),
            samples=lambda params: Samples(text_embeddings=params["x"].numpy()),
            rates={"x": Rate(1.0)},
            rule=sgd(0.0),
            steps=len(wanted),
            seed=0,
        )
        states = list(run(0, averaged(problem, float(arrays["ema_decay"])), None))
        found = [each.samples().text_embeddings for each in states]
        np.testing.assert_allclose(found[0], start)
        np.testing.assert_allclose(found[1:], arrays[f"ema_out_{name}"], rtol=1e-9)


def test_a_phase_begins_with_the_set_of_the_last_one_at_rest():
    """Of constant gradients 1: x falls by 1, 1.5, then, at rest again, by 2, 3."""
    problems = [
        falling(2, 0, lambda params, rng, by=by: Gradients(0.0, {"x": torch.full((2,), by)}))
        for by in (1.0, 2.0)
    ]
    states = list(in_phases(problems, 0.0, None, run))
    assert [(each.done, each.total) for each in states] == [(n, 4) for n in range(5)]
    assert [each[0] for each in values(states)] == [1.0, 0.0, -1.5, -3.5, -6.5]
    first, *_ = values(in_phases(problems[:1], 0.5, None, run))[::-1]
    later = values(in_phases(problems, 0.5, None, run))
    assert later[2][0] == first[0]
    # the second phase goes on from that average: half of it, and half of a step of 2 below
    assert later[3][0] == pytest.approx(first[0] - 1.0)


@pytest.mark.parametrize("decay", [0.0, 0.9])
@pytest.mark.parametrize("stop", range(8))
def test_it_goes_on_from_any_state_to_the_same_bytes(stop, decay):
    problems = [falling(3, 0.1), falling(2, 0.2), falling(2, 0.3)]
    whole = list(in_phases(problems, decay, None, run))
    left = whole[stop]
    kept = State(done=left.done, total=7, samples=Samples, arrays=left.arrays)
    again = list(in_phases(problems, decay, kept, run))
    assert again[-1].done == 7
    np.testing.assert_array_equal(values(again)[-1], values(whole)[-1])
    assert {n: v.tobytes() for n, v in again[-1].arrays.items()} == {
        n: v.tobytes() for n, v in whole[-1].arrays.items()
    }
