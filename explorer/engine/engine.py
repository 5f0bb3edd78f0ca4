"""The same work on many shards; what runs it can be exchanged."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np

from explorer.errors import ConfigError
from explorer.store.chunks import Chunks

Shard = TypeVar("Shard")
"""What one piece of work is about: numbers and names, never the data itself."""
Done = TypeVar("Done")


class Engine(Protocol):
    """Runs work on shards. What comes out depends on each shard alone, not on the engine.

    What is large, or takes long, the work leaves in files: as pieces, or as results of the store.
    """

    def map(self, work: Callable[[Shard], Done], shards: Sequence[Shard]) -> Iterator[Done]:
        """Yields what the work gives for each shard, in the order of the shards."""
        ...


class Here:
    """This process, one shard after the other; the work brings threads and devices of its own."""

    def map(self, work: Callable[[Shard], Done], shards: Sequence[Shard]) -> Iterator[Done]:
        return map(work, shards)


HERE: Engine = Here()
ENGINES = {
    "here": "this process",
    "processes": "several processes of this machine",
    "ray": "the machines of a Ray cluster",
}
"""What an engine divides work among, by its name."""
_MOST_PROCESSES = 1024


@cache
def find_engine(name: str) -> Engine:
    """The engine of this name.

    Args:
        name: `here`; `processes`, as many as there are processors, or `processes:4`; `ray`, the
            cluster that RAY_ADDRESS names or one of this machine, or `ray://host:port`.

    Raises:
        ConfigError: There is none.
    """
    kind, _, rest = name.partition(":")
    if kind == "here" and not rest:
        return HERE
    if kind == "processes" and (rest.isdecimal() or name == kind):
        from explorer.engine.processes import Processes  # both late: most runs need neither

        n = int(rest[:9] or 0)
        if (rest and n == 0) or n > _MOST_PROCESSES:
            raise ConfigError(f"From 1 to {_MOST_PROCESSES:,} processes, got {rest[:20]}.")
        return Processes(n)
    if kind == "ray" and (name == kind or rest.startswith("//")):
        from explorer.engine.on_ray import OnRay

        return OnRay(name if rest else "")
    raise ConfigError(f"There is no engine {name!r}; there is {', '.join(ENGINES)}.")


class Piece(NamedTuple):
    """What the work on one shard leaves in files."""

    arrays: Mapping[str, np.ndarray]
    notes: Mapping[str, Any] = {}


def map_to_pieces(
    engine: Engine, work: Callable[[Shard], Piece], shards: Sequence[Shard], pieces: Chunks
) -> Iterator[int]:
    """Yields each shard's number in order, once its piece is there.

    A piece that is there already is not made again.
    """

    def make(number: int) -> int:
        if not pieces.has(number):
            pieces.write(number, *work(shards[number]))
        return number

    return engine.map(make, range(len(shards)))


def shards_of(n_rows: int, size: int) -> list[range]:
    """Ranges of at most `size` rows.

    Examples:
        >>> shards_of(5, 2)
        [range(0, 2), range(2, 4), range(4, 5)]
    """
    return [range(start, min(start + size, n_rows)) for start in range(0, n_rows, size)]
