"""Problems one after the other, each beginning with what the last one left."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import torch

from explorer.learn.averages import averaged, settled
from explorer.learn.optimise import Params, Problem, params_of
from explorer.types import State

Run = Callable[[int, Problem, State | None], Iterator[State]]
"""Takes the number of a problem, the problem, and its own state to go on from."""


def in_phases(
    problems: Sequence[Problem], decay: float, state: State | None, run: Run
) -> Iterator[State]:
    """Yields the set after each step of all problems, from where `state` stands.

    They have the same parameters. Each but the first begins with the set that the one before left,
    and at rest; `run` solves one. The set is a moving average of this decay, as of `averaged`.
    """
    total, offset = sum(each.steps for each in problems), 0
    last = state if state and state.arrays else None
    for number, problem in enumerate(problems):
        end, own = offset + problem.steps, None
        if last and last.done > offset:
            own = replace(last, done=min(last.done, end) - offset, total=problem.steps)
        elif last and number:
            problem = _going_on(problem, last, decay)
        if not (last and end <= last.done and end < total):  # else it is over
            for each in run(number, averaged(problem, decay), own):
                if each.done or not number:  # the start of a later one is the end of the last
                    last = replace(each, done=offset + each.done, total=total)
                    yield last
        offset = end


def _going_on(problem: Problem, last: State, decay: float) -> Problem:
    """The problem as it begins after another."""
    like = averaged(problem, decay).begin(torch.Generator())
    left = settled(params_of(last.arrays, like), decay)

    def begin(rng: torch.Generator) -> Params:
        return dict(left)

    return problem._replace(begin=begin)
