"""The one loop that learns a set: a loss that changes with every step, and SGD with momentum.

What is learned are a few named tensors. Their gradients come from an objective, by autograd or
written down by itself; everything that the next step depends on is in the state of the last.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import numpy as np
import torch

from explorer.progress import Measured, Progress, Report
from explorer.types import Samples, State

Params = dict[str, torch.Tensor]
"""What is learned, by name."""


class Gradients(NamedTuple):
    """The loss of one step, and its gradient for each of the parameters that it changes."""

    loss: float
    by_name: Mapping[str, torch.Tensor]


Objective = Callable[[Params, torch.Generator], Gradients]
"""What a step lowers; it draws everything that is left to chance from the generator."""


class Problem(NamedTuple):
    """What is learned, and how."""

    begin: Callable[[torch.Generator], Params]
    objective: Objective
    samples: Callable[[Params], Samples]  # the set that the parameters mean
    rates: Mapping[str, float]  # learning rate of each parameter
    momentum: float
    steps: int
    seed: int
    at_least: Mapping[str, float] = {}  # values that a parameter may not fall below


def by_autograd(loss: Callable[[Params, torch.Generator], torch.Tensor]) -> Objective:
    """An objective from its loss alone."""

    def objective(params: Params, rng: torch.Generator) -> Gradients:
        leaves = {name: each.detach().requires_grad_() for name, each in params.items()}
        value = loss(leaves, rng)
        found = torch.autograd.grad(value, list(leaves.values()), allow_unused=True)
        named = zip(leaves, found, strict=True)
        return Gradients(value.item(), {name: g for name, g in named if g is not None})

    return objective


def optimise(
    problem: Problem,
    state: State | None,
    report: Report,
    note: Callable[[Measured], None],
) -> Iterator[State]:
    """Yields the set after each step, from where `state` stands.

    Args:
        problem: What is learned, and how.
        state: One that this yielded before, or None.
        report: Gets the progress.
        note: Gets what the steps took.
    """
    rng = torch.Generator()
    if state and state.arrays:
        params, velocity = _read(state.arrays, "params."), _read(state.arrays, "velocity.")
        rng.set_state(torch.from_numpy(np.array(state.arrays["rng"])))
        done = state.done
    else:
        rng.manual_seed(problem.seed)
        params = problem.begin(rng)
        velocity = {name: torch.zeros_like(each) for name, each in params.items()}
        done = 0
    if done in (0, problem.steps):  # the start, and the end of a set that is whole already
        yield _state(problem, done, params, velocity, rng, {})
    progress = Progress(report, "Learning, steps", problem.steps, already=done)
    seconds = 0.0
    for step in range(done + 1, problem.steps + 1):
        start = time.monotonic()
        found = problem.objective(params, rng)
        for name, gradient in found.by_name.items():
            velocity[name] = velocity[name] * problem.momentum + gradient.detach()
            params[name] = params[name] - problem.rates[name] * velocity[name]
            if name in problem.at_least:
                params[name] = params[name].clamp(min=problem.at_least[name])
        seconds += time.monotonic() - start
        progress.add()
        yield _state(problem, step, params, velocity, rng, {"loss": found.loss})
    note(Measured(seconds, problem.steps - done))


def _state(
    problem: Problem,
    done: int,
    params: Params,
    velocity: Params,
    rng: torch.Generator,
    metrics: Mapping[str, float],
) -> State:
    arrays = {f"params.{name}": each.cpu().numpy() for name, each in params.items()}
    arrays |= {f"velocity.{name}": each.cpu().numpy() for name, each in velocity.items()}
    arrays["rng"] = rng.get_state().numpy()
    kept = dict(params)  # steps replace tensors, and never write into them
    return State(
        done=done,
        total=problem.steps,
        samples=lambda: problem.samples(kept),
        arrays=arrays,
        metrics=metrics,
    )


def _read(arrays: Mapping[str, np.ndarray], prefix: str) -> Params:
    return {
        name.removeprefix(prefix): torch.from_numpy(np.array(each))
        for name, each in arrays.items()
        if name.startswith(prefix)
    }
