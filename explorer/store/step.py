"""A cached intermediate result as one object: key, computation, reading and cost."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np

from explorer.progress import Measured, Report

T = TypeVar("T")

Arrays = Mapping[str, np.ndarray | Path]
"""A value may be the path of an .npy file that was already written into the scratch folder."""


class Work(NamedTuple):
    """Work of one kind: what an estimate adds up, and what a measurement is noted under."""

    stage: str  # of a run
    what: str  # for people, before the number
    n: int  # how many
    kind: str  # as `Rates` names it
    by: str = ""  # the models that do it, and the device
    each: int = 1  # measured pieces in one of the n
    n_bytes: int = 0  # that all of it leaves on disk, where they are many


class Computed(NamedTuple):
    """What a computation leaves; notes are JSON-ready."""

    arrays: Arrays
    notes: Mapping[str, Any] = {}
    spent: Mapping[tuple[str, str], Measured] = {}  # by kind and `by`, where it knows better


class Entry(NamedTuple):
    """A finished result."""

    key: str
    folder: Path
    arrays: dict[str, np.ndarray]  # memory-mapped, read-only
    notes: dict[str, Any]


@dataclass(frozen=True)
class Step(Generic[T]):
    """One result that the store keeps; its key is known before anything is computed."""

    name: str
    """Of the folder under the store's root, such as "embed"."""
    version: int
    """Raise it when `compute` starts returning something else."""
    inputs: Mapping[str, Any]
    """JSON-ready and complete: every setting, keys of earlier steps."""
    compute: Callable[[Path, Report], Computed]
    """Called on a miss, with a scratch folder that may hold what an interrupted call left there."""
    read: Callable[[Entry], T]
    cost: tuple[Work, ...] = field(default=())
    """What `compute` has to do. The store measures it; a step of several kinds says itself."""
    left: Callable[[], tuple[Work, ...]] | None = None
    """Tells what of `cost` is to be done where other results may hold some of it already."""

    @property
    def to_do(self) -> tuple[Work, ...]:
        """What `compute` would do now, as far as it can be known beforehand."""
        return self.left() if self.left else self.cost

    @cached_property
    def key(self) -> str:
        return make_key(self.name, self.version, self.inputs)


def make_key(name: str, version: int, inputs: Mapping[str, Any]) -> str:
    """What a result is addressed by.

    Examples:
        >>> make_key("embed", 1, {"a": 1, "b": 2}) == make_key("embed", 1, {"b": 2, "a": 1})
        True
    """
    manifest = json.dumps({"stage": name, "version": version, "inputs": inputs}, sort_keys=True)
    return hashlib.sha256(manifest.encode()).hexdigest()[:24]
