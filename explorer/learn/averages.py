"""A set that is the moving average of what is learned, after `model_ema.py` of PTM-ST."""

import torch

from explorer.learn.optimise import Gradients, Params, Problem
from explorer.types import Samples

_AVERAGE = "average."


def averaged(problem: Problem, decay: float) -> Problem:
    """The same problem, whose set is an average of all steps so far, beginning with the start.

    `decay` is kept of it in a step; 0 for the last values.
    """
    if not decay:
        return problem

    def begin(rng: torch.Generator) -> Params:
        params = problem.begin(rng)
        return {**params, **{_AVERAGE + name: each for name, each in params.items()}}

    def objective(params: Params, rng: torch.Generator) -> Gradients:
        """The average is brought up to the parameters as the last step left them."""
        found = problem.objective(_own(params), rng)
        moved = {_AVERAGE + name: each for name, each in settled(params, decay).items()}
        return found._replace(replaced={**found.replaced, **moved})

    def samples(params: Params) -> Samples:
        return problem.samples(settled(params, decay))

    return problem._replace(begin=begin, objective=objective, samples=samples)


def settled(params: Params, decay: float) -> Params:
    """What the set is: the averages with the last step, or the parameters where there are none."""
    if not decay:
        return params
    return {
        name: decay * params[_AVERAGE + name] + (1 - decay) * each
        for name, each in _own(params).items()
    }


def _own(params: Params) -> Params:
    return {name: each for name, each in params.items() if not name.startswith(_AVERAGE)}
