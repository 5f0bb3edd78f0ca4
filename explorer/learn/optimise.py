"""The one loop that learns a set: a loss that changes with every step, and a rule of descent.

What is learned are a few named tensors. Their gradients come from an objective, by autograd or
written down by itself; everything that the next step depends on is in the state of the last.
"""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import numpy as np
import torch

from explorer.errors import ConfigError
from explorer.progress import Measured, Progress, Report
from explorer.types import Samples, State

Params = dict[str, torch.Tensor]
"""What is learned, by name."""


class Gradients(NamedTuple):
    """The loss of one step, and its gradient for each of the parameters that it changes."""

    loss: float
    by_name: Mapping[str, torch.Tensor]
    replaced: Mapping[str, torch.Tensor] = {}
    """Parameters that are not descended: what the next step meets, such as a trained network."""


Objective = Callable[[Params, torch.Generator], Gradients]
"""What a step lowers; it draws everything that is left to chance from the generator."""


class Rule(NamedTuple):
    """How a gradient becomes a step."""

    slots: tuple[str, ...]  # what is remembered of each parameter, by name
    direction: Callable[..., tuple[torch.Tensor, tuple[torch.Tensor, ...]]]
    """Takes the parameter, its gradient, the number of the step from 1 and what was remembered;
    gives what is subtracted, times the learning rate, and what is remembered from now on."""


def sgd(momentum: float) -> Rule:
    """Velocities that begin at 0."""

    def direction(
        param: torch.Tensor, gradient: torch.Tensor, step: int, velocity: torch.Tensor
    ) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
        velocity = velocity * momentum + gradient
        return velocity, (velocity,)

    return Rule(("velocity",), direction)


def adam(first: float = 0.9, second: float = 0.999, eps: float = 1e-8) -> Rule:
    """Adam (Kingma and Ba, ICLR 2015), by the decays of its two means."""

    def direction(
        param: torch.Tensor,
        gradient: torch.Tensor,
        step: int,
        mean: torch.Tensor,
        square: torch.Tensor,
    ) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
        mean = mean * first + gradient * (1 - first)
        square = square * second + gradient.square() * (1 - second)
        scale = (square / (1 - second**step)).sqrt() + eps
        return mean / (1 - first**step) / scale, (mean, square)

    return Rule(("mean", "square"), direction)


def rmsprop(keep: float, eps: float = 1e-8) -> Rule:
    """Gradients over the root of the moving mean of their squares (Tieleman and Hinton, 2012)."""

    def direction(
        param: torch.Tensor, gradient: torch.Tensor, step: int, square: torch.Tensor
    ) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
        square = square * keep + gradient.square() * (1 - keep)
        return gradient / (square.sqrt() + eps), (square,)

    return Rule(("square",), direction)


def adabelief(first: float = 0.9, second: float = 0.999, eps: float = 1e-16) -> Rule:
    """Adam by how far gradients are from their mean (Zhuang et al., NeurIPS 2020)."""

    def direction(
        param: torch.Tensor,
        gradient: torch.Tensor,
        step: int,
        mean: torch.Tensor,
        square: torch.Tensor,
    ) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
        mean = mean * first + gradient * (1 - first)
        square = square * second + (gradient - mean).square() * (1 - second) + eps
        scale = (square / (1 - second**step)).sqrt() + eps
        return mean / (1 - first**step) / scale, (mean, square)

    return Rule(("mean", "square"), direction)


def lamb(first: float = 0.9) -> Rule:
    """Adam whose steps are as long as the parameter (You et al., ICLR 2020)."""
    inner = adam(first, eps=1e-6)

    def direction(
        param: torch.Tensor, gradient: torch.Tensor, step: int, *kept: torch.Tensor
    ) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
        found, kept = inner.direction(param, gradient, step, *kept)
        lengths = param.norm(), found.norm()
        trust = lengths[0] / lengths[1] if min(lengths) > 0 else 1.0
        return found * trust, kept

    return Rule(inner.slots, direction)


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
    at_most: Mapping[str, float] = {}  # nor rise above
    project: Mapping[str, Callable[[torch.Tensor], torch.Tensor]] = {}  # done after each step
    rule: Rule | None = None  # None for SGD with the momentum
    schedule: Callable[[int], float] = lambda step: 1.0  # times the rates, by the step from 1


def by_autograd(loss: Callable[[Params, torch.Generator], torch.Tensor]) -> Objective:
    """An objective from its loss alone."""

    def objective(params: Params, rng: torch.Generator) -> Gradients:
        leaves = {name: each.detach().requires_grad_() for name, each in params.items()}
        value = loss(leaves, rng)
        found = torch.autograd.grad(value, list(leaves.values()), allow_unused=True)
        named = zip(leaves, found, strict=True)
        return Gradients(value.item(), {name: g for name, g in named if g is not None})

    return objective


def penalised(objective: Objective, name: str, weight: float) -> Objective:
    """The same, plus the sum of squares of one parameter."""
    if not weight:
        return objective

    def with_penalty(params: Params, rng: torch.Generator) -> Gradients:
        found, own = objective(params, rng), params[name]
        loss = found.loss + weight * own.square().sum().item()
        by_name = {**found.by_name, name: found.by_name[name] + 2 * weight * own}
        return found._replace(loss=loss, by_name=by_name)

    return with_penalty


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
    rng, rule = torch.Generator(), problem.rule or sgd(problem.momentum)
    params = problem.begin(rng.manual_seed(problem.seed))
    memory = {
        slot: {n: torch.zeros_like(each) for n, each in params.items() if n in problem.rates}
        for slot in rule.slots
    }
    done = 0
    if state and state.arrays:
        params = _read(state.arrays, "params.", params)
        memory = {s: _read(state.arrays, f"{s}.", own) for s, own in memory.items()}
        rng.set_state(torch.from_numpy(np.array(state.arrays["rng"])))
        done = state.done
    if done in (0, problem.steps):  # the start, and the end of a set that is whole already
        yield _state(problem, done, params, memory, rng, {})
    progress = Progress(report, "Learning, steps", problem.steps, already=done)
    seconds = 0.0
    for step in range(done + 1, problem.steps + 1):
        start = time.monotonic()
        found = problem.objective(params, rng)
        _take(problem, rule, step, params, memory, found)
        seconds += time.monotonic() - start
        progress.add()
        yield _state(problem, step, params, memory, rng, {"loss": found.loss})
    note(Measured(seconds, problem.steps - done))


def _take(
    problem: Problem,
    rule: Rule,
    step: int,
    params: Params,
    memory: Mapping[str, Params],
    found: Gradients,
) -> None:
    """Takes one step: replaces what is in `params` and in `memory`."""
    if not math.isfinite(found.loss):
        raise ConfigError(
            f"The loss of step {step} is no number any more; lower the learning rate and begin "
            "again in another folder."
        )
    for name, gradient in found.by_name.items():
        kept = [memory[slot][name] for slot in rule.slots]
        own = gradient.detach().contiguous()  # as a state is read, so that it goes on the same
        direction, kept_now = rule.direction(params[name], own, step, *kept)
        for slot, each in zip(rule.slots, kept_now, strict=True):
            memory[slot][name] = each
        rate = problem.rates[name] * problem.schedule(step)
        lowest, highest = problem.at_least.get(name), problem.at_most.get(name)
        params[name] = params[name] - rate * direction
        if lowest is not None or highest is not None:
            params[name] = params[name].clamp(lowest, highest)
        if name in problem.project:
            params[name] = problem.project[name](params[name])
    params |= {name: each.detach() for name, each in found.replaced.items()}


def _state(
    problem: Problem,
    done: int,
    params: Params,
    memory: Mapping[str, Params],
    rng: torch.Generator,
    metrics: Mapping[str, float],
) -> State:
    arrays = {f"params.{name}": each.cpu().numpy() for name, each in params.items()}
    for slot, own in memory.items():
        arrays |= {f"{slot}.{name}": each.cpu().numpy() for name, each in own.items()}
    arrays["rng"] = rng.get_state().numpy()
    kept = dict(params)  # steps replace tensors, and never write into them
    return State(
        done=done,
        total=problem.steps,
        samples=lambda: problem.samples(kept),
        arrays=arrays,
        metrics=metrics,
    )


def params_of(arrays: Mapping[str, np.ndarray], like: Params) -> Params:
    """The parameters of a state, each on the device of its like."""
    return _read(arrays, "params.", like)


def _read(arrays: Mapping[str, np.ndarray], prefix: str, like: Params) -> Params:
    """The parameters that are kept under a prefix, where those in `like` are.

    Clones begin where torch begins its arrays, on which the last bits of products depend.
    """
    return {
        name: torch.from_numpy(np.array(arrays[prefix + name])).clone().to(each.device)
        for name, each in like.items()
    }
