"""The one loop that learns a set: a loss that changes with every step, and a rule of descent.

What is learned are a few named tensors. Their gradients come from an objective, by autograd or
written down by itself; everything that the next step depends on is in the state of the last.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import torch

from explorer.errors import ConfigError
from explorer.learn.rules import Rule
from explorer.learn.steady import (
    MOST_TIMES,
    check_loss,
    is_out_of_memory,
    refuse,
    relative,
    to_lower,
)
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


class Rate(NamedTuple):
    """How fast a parameter is learned."""

    value: float
    setting: str = "learning_rate"  # that the value, or the first step, comes from
    first_step: float | None = None
    """Sets a value of 0 by the parameter's first gradient: that step, of plain descent, is this
    share of the parameter's own length, as far as it has a gradient."""


class Problem(NamedTuple):
    """What is learned, and how."""

    begin: Callable[[torch.Generator], Params]
    objective: Objective
    samples: Callable[[Params], Samples]  # the set that the parameters mean
    rates: Mapping[str, Rate]  # of each parameter that is descended
    rule: Rule
    steps: int
    seed: int
    at_least: Mapping[str, float] = {}  # values that a parameter may not fall below
    at_most: Mapping[str, float] = {}  # nor rise above
    project: Mapping[str, Callable[[torch.Tensor], torch.Tensor]] = {}  # done after each step
    schedule: Callable[[int], float] = lambda step: 1.0  # times the rates, by the step from 1
    lower_first: Sequence[str] = ("learning_rate",)
    """Settings that are to blame where the first step has no loss already."""
    halve: Callable[[], str] = lambda: ""
    """Called where memory ran out: makes a step smaller and says how, or "" where it cannot."""


def leaves_of(params: Mapping[str, torch.Tensor]) -> Params:
    """The same values, which gradients can be taken of."""
    return {name: each.detach().requires_grad_() for name, each in params.items()}


def slopes(loss: torch.Tensor, leaves: Params, *, graph: bool = False) -> Params:
    """The gradient of a scalar for each leaf; `graph` keeps what it depends on."""
    found = torch.autograd.grad(loss, list(leaves.values()), create_graph=graph)
    return dict(zip(leaves, found, strict=True))


def by_autograd(loss: Callable[[Params, torch.Generator], torch.Tensor]) -> Objective:
    """An objective from its loss alone."""

    def objective(params: Params, rng: torch.Generator) -> Gradients:
        leaves = leaves_of(params)
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
    say: Callable[[str], None] = lambda text: None,
) -> Iterator[State]:
    """Yields the set after each step, from where `state`, which this yielded before, stands.

    `note` gets what the steps took, and `say` what is to be told beside the progress.

    Raises:
        ConfigError: The loss, or a parameter, runs away, or a step does not fit into memory; it
            names the setting to lower.
    """
    rng = torch.Generator()
    stand = _begin(problem, rng)
    done = 0
    if state and state.arrays:
        stand = _resumed(stand, state.arrays)
        rng.set_state(torch.from_numpy(np.array(state.arrays["rng"])))
        done = state.done
    if done in (0, problem.steps):  # the start, and the end of a set that is whole already
        yield _state(problem, done, stand, rng, {})
    progress = Progress(report, "Learning, steps", problem.steps, already=done)
    seconds = 0.0
    for step in range(done + 1, problem.steps + 1):
        start = time.monotonic()
        found = _found(problem, step, stand.params, rng, say)
        _take(problem, step, stand, found)
        seconds += time.monotonic() - start
        progress.add()
        yield _state(problem, step, stand, rng, {"loss": found.loss})
    note(Measured(seconds, problem.steps - done))


@dataclass
class _Stand:
    """Where learning stands between two steps."""

    params: Params
    memory: dict[str, Params]  # by the slot of the rule
    rates: dict[str, float]
    first: float | None = None  # the loss of the first step
    moved: dict[str, float] = field(default_factory=dict)  # lengths of the last step, over own ones


def _begin(problem: Problem, rng: torch.Generator) -> _Stand:
    params = problem.begin(rng.manual_seed(problem.seed))
    learned = {name: each for name, each in params.items() if name in problem.rates}
    memory = {
        slot: {name: torch.zeros_like(each) for name, each in learned.items()}
        for slot in problem.rule.slots
    }
    return _Stand(params, memory, {name: rate.value for name, rate in problem.rates.items()})


def _resumed(stand: _Stand, arrays: Mapping[str, np.ndarray]) -> _Stand:
    return _Stand(
        params_of(arrays, stand.params),
        {slot: params_of(arrays, own, f"{slot}.") for slot, own in stand.memory.items()},
        {name: _number(arrays, f"rate.{name}", rate) for name, rate in stand.rates.items()},
        _number(arrays, "first_loss", None),
    )


def _number(arrays: Mapping[str, np.ndarray], name: str, usual: float | None) -> Any:
    return arrays[name].item() if name in arrays else usual


def _found(
    problem: Problem, step: int, params: Params, rng: torch.Generator, say: Callable[[str], None]
) -> Gradients:
    """What the objective gives, in smaller parts where memory runs out."""
    before = rng.get_state()
    while True:
        try:
            return problem.objective(params, rng)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            if not (told := problem.halve()):
                raise ConfigError(
                    f"The memory of this device does not hold step {step} of learning: choose a "
                    "smaller set or network, smaller batches, or --device cpu."
                ) from error
        torch.cuda.empty_cache()
        rng.set_state(before)
        say(told)


def _take(problem: Problem, step: int, stand: _Stand, found: Gradients) -> None:
    """Takes one step: replaces what is in `stand`."""
    rule, named = problem.rule, {name: rate.setting for name, rate in problem.rates.items()}
    first = found.loss if stand.first is None else stand.first
    lower = to_lower(stand.moved, named, problem.lower_first)
    check_loss(step, found.loss, first, lower)
    stand.first, stand.moved = first, {}
    params = stand.params
    for name, gradient in found.by_name.items():
        if not gradient.isfinite().all():
            refuse(f"The gradient of step {step} is no number any more", lower)
        kept = [stand.memory[slot][name] for slot in rule.slots]
        own = gradient.detach().contiguous()  # as a state is read, so that it goes on the same
        direction, kept_now = rule.direction(params[name], own, step, *kept)
        for slot, each in zip(rule.slots, kept_now, strict=True):
            stand.memory[slot][name] = each
        first_step = problem.rates[name].first_step
        if first_step is not None and not stand.rates[name]:
            stand.rates[name] = first_rate(first_step, params[name], gradient)
        rate = stand.rates[name] * problem.schedule(step)
        lowest, highest = problem.at_least.get(name), problem.at_most.get(name)
        moved = params[name] - rate * direction
        if lowest is not None or highest is not None:
            moved = moved.clamp(lowest, highest)
        if name in problem.project:
            moved = problem.project[name](moved)
        stand.moved[name] = relative(moved - params[name], params[name])
        if not stand.moved[name] < MOST_TIMES:
            refuse(f"Step {step} goes more than {MOST_TIMES:.0e} times too far", named[name])
        params[name] = moved
    params |= {name: each.detach() for name, each in found.replaced.items()}


def first_rate(share: float, param: torch.Tensor, gradient: torch.Tensor) -> float:
    """The rate at which a step against a gradient is this share of the parameter's length.

    Both lengths are of the entries that have a gradient; 0 where none has.
    """
    length, own = gradient.norm(), param[gradient != 0].norm()
    return float(share * own / length) if length > 0 else 0.0


def _state(
    problem: Problem, done: int, stand: _Stand, rng: torch.Generator, metrics: Mapping[str, float]
) -> State:
    arrays = {f"params.{name}": each.cpu().numpy() for name, each in stand.params.items()}
    for slot, own in stand.memory.items():
        arrays |= {f"{slot}.{name}": each.cpu().numpy() for name, each in own.items()}
    for name, rate in problem.rates.items():
        if rate.first_step is not None:
            arrays[f"rate.{name}"] = np.array(stand.rates[name])
    if stand.first is not None:
        arrays["first_loss"] = np.array(stand.first)
    arrays["rng"] = rng.get_state().numpy()
    kept = dict(stand.params)  # steps replace tensors, and never write into them
    return State(
        done=done,
        total=problem.steps,
        samples=lambda: problem.samples(kept),
        arrays=arrays,
        metrics=metrics,
    )


def params_of(arrays: Mapping[str, np.ndarray], like: Params, prefix: str = "params.") -> Params:
    """The parameters of a state, or what is kept of them under a prefix, each where its like is.

    Clones begin where torch begins its arrays, on which the last bits of products depend.
    """
    return {
        name: torch.from_numpy(np.array(arrays[prefix + name])).clone().to(each.device)
        for name, each in like.items()
    }
