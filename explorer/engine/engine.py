"""The same work on many shards, each result in files; what runs it can be exchanged."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np

from explorer.store.chunks import Chunks

Shard = TypeVar("Shard")
"""What one piece of work is about: numbers and names, never the data itself."""


class Piece(NamedTuple):
    """What the work on one shard leaves."""

    arrays: Mapping[str, np.ndarray]
    notes: Mapping[str, Any] = {}


class Engine(Protocol):
    """Runs work on shards. The bytes of a piece depend on its shard alone, not on the engine."""

    def map(
        self, work: Callable[[Shard], Piece], shards: Sequence[Shard], pieces: Chunks
    ) -> Iterator[int]:
        """Yields each shard's number in order, once its piece is there.

        A piece that is there already is not made again.
        """
        ...


class Here:
    """This process, one shard after the other; the work brings threads and devices of its own."""

    def map(
        self, work: Callable[[Shard], Piece], shards: Sequence[Shard], pieces: Chunks
    ) -> Iterator[int]:
        for number, shard in enumerate(shards):
            if not pieces.has(number):
                pieces.write(number, *work(shard))
            yield number


HERE: Engine = Here()


def shards_of(n_rows: int, size: int) -> list[range]:
    """Ranges of at most `size` rows.

    Examples:
        >>> shards_of(5, 2)
        [range(0, 2), range(2, 4), range(4, 5)]
    """
    return [range(start, min(start + size, n_rows)) for start in range(0, n_rows, size)]
