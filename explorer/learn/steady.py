"""What ends learning, in one sentence: a loss that runs away, and memory that does not suffice."""

import math
from collections.abc import Mapping, Sequence
from typing import NoReturn

import torch

from explorer.errors import ConfigError

MOST_TIMES = 1e6
"""A loss that is so many times that of the first step has run away."""
_LEAST_LOSS = 1e-3  # what the first is taken for, where it is less
_NO_ROOM = "can't allocate memory"  # of PyTorch's CPU allocator, which raises no error of its own


def check_loss(step: int, loss: float, first: float, lower: str) -> None:
    """Raises where a loss, and that of the first step, say that learning diverges."""
    if not math.isfinite(loss):
        refuse(f"The loss of step {step} is no number any more", lower)
    if abs(loss) > MOST_TIMES * max(abs(first), _LEAST_LOSS):
        times = f"{abs(loss / first):.1e} times that of the first" if first else f"{loss:.1e}"
        refuse(f"The loss of step {step} is {times}", lower)


def refuse(told: str, lower: str) -> NoReturn:
    """Raises what is told of a step that ends learning; `lower` names what to lower."""
    raise ConfigError(
        f"{told}: lower {lower} and begin again in another folder; this one keeps the last "
        "checkpoint before it."
    )


def relative(step: torch.Tensor, param: torch.Tensor) -> float:
    """The length of a step over that of the parameter; 0 where that begins at 0."""
    length = param.norm()
    return float(step.norm() / length) if length > 0 else 0.0


def to_lower(moved: Mapping[str, float], settings: Mapping[str, str], first: Sequence[str]) -> str:
    """The setting whose parameter moved furthest for its size, in the last step.

    Where none moved further than it is long, what is to blame may be behind no parameter.
    `moved` has the length of that step over the parameter's own; `first` is the setting where it is
    empty.
    """
    if not moved:
        return " or ".join(first)
    furthest = max(moved, key=lambda name: (not math.isfinite(moved[name]), moved[name]))
    named = settings[furthest]
    return named if not moved[furthest] <= 1 else " or ".join(dict.fromkeys((named, *first)))


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that the memory of a device, or of the machine, ran out."""
    is_cpu = isinstance(error, RuntimeError) and _NO_ROOM in str(error)
    return is_cpu or isinstance(error, torch.OutOfMemoryError | MemoryError)


class AtOnce:
    """How many rows pass through a network at once, where results do not depend on it."""

    def __init__(self, n: int) -> None:
        self.n = n

    def halve(self) -> str:
        """Halves it after memory ran out; what is told of it, or "" where it is one already."""
        if self.n == 1:
            return ""
        self.n //= 2
        return (
            f"Memory ran out; from now on images pass through the network {self.n} at a time. The "
            "gradient is the same but for rounding."
        )
