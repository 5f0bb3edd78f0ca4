"""Batches: made of single prepared images, and split where memory runs out."""

import logging
import sys
from collections.abc import Callable, Sequence
from typing import TypeVar

import torch

from explorer.errors import ConfigError

T = TypeVar("T")
log = logging.getLogger(__name__)


def stack(prepared: Sequence[torch.Tensor]) -> torch.Tensor:
    """Stacks B prepared images of one size along a new axis; callers need not import torch."""
    return torch.stack(list(prepared))


class MicroBatches:
    """Halves the batch where a device's memory runs out, and remembers what fitted.

    Every row is computed on its own, so smaller batches change results by rounding alone.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        """What a batch is of, in the plural."""
        self._most = sys.maxsize

    def each(self, n: int, work: Callable[[slice], T]) -> list[T]:
        """Calls `work` with slices that cover n rows, one slice unless memory runs out.

        Raises:
            ConfigError: One row alone does not fit.
        """
        done: list[T] = []
        start = 0
        while not done or start < n:
            rows = slice(start, min(n, start + self._most))
            try:
                done.append(work(rows))
            except torch.OutOfMemoryError as error:
                self._shrink(rows.stop - rows.start, error)
            else:
                start = rows.stop
        return done

    def _shrink(self, n: int, error: Exception) -> None:
        if n <= 1:
            raise ConfigError(
                f"The memory of this device does not hold one of the {self._what} beside the "
                "model: choose a smaller model, or --device cpu."
            ) from error
        self._most = n // 2
        torch.cuda.empty_cache()
        log.warning(
            "Out of memory with %d %s at once; going on with %d.", n, self._what, self._most
        )
