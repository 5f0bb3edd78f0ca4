"""Work as it travels to another process: closures by value, arrays of files by their place.

What travels goes from this program to processes that it started itself, and back. Nothing of it is
kept, and nothing else is ever read so.
"""

import io
import pickle
import traceback
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any, NamedTuple

import cloudpickle
import numpy as np

from explorer.errors import ConfigError
from explorer.progress import Emit, Progress, Report, silent

_OF_WATCHERS = ("report", "emit")
Told = list[tuple[int, tuple[Any, ...]]]
"""What somebody in this process is to hear: by his number, and what."""


class Sent:
    """One work, and who in this process hears of it."""

    def __init__(self, work: Callable[[Any], Any]) -> None:
        self._listeners: list[Any] = []
        self.work = self._packed(work)

    def shard(self, shard: Any) -> bytes:
        """A shard of it, to be given to `Received`."""
        return self._packed(shard)

    def hear(self, told: Told) -> None:
        """Tells the listeners what was said while a shard was worked on."""
        for number, (name, *values) in told:
            listener = self._listeners[number]
            if name == "call":
                listener(*values)
            elif name == "emit":
                stage, *rest = values
                listener.emit(stage)(*rest)
            else:
                getattr(listener, name)(*values)

    def _packed(self, value: Any) -> bytes:
        file = io.BytesIO()
        try:
            _Packer(file, self._listeners).dump(value)
        except (TypeError, pickle.PicklingError, AttributeError) as error:
            raise ConfigError(
                f"This work cannot be sent to another process ({error}); choose the engine here."
            ) from error
        return file.getvalue()


class Answer(NamedTuple):
    """What came of one shard."""

    result: Any
    told: Told
    error: Exception | None = None


class Received:
    """A work that came from another process."""

    def __init__(self, work: bytes) -> None:
        self._work: Callable[..., Any] = pickle.loads(work)

    def call(self, *given: Any) -> Any:
        """What the work returns here, or raises."""
        return self._work(*given)

    def do(self, shard: bytes) -> Answer:
        """Works on a shard; an error is an answer, too."""
        del _told[:]
        try:
            return Answer(self._work(pickle.loads(shard)), list(_told))
        except Exception as error:
            error.add_note(traceback.format_exc())
            return Answer(None, list(_told), sendable(error))


def sendable(error: Exception) -> Exception:
    """The error, or what it says where it cannot travel itself."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


_told: Told = []
"""What the work of this process has said of the shard that it is at."""


class _Count:
    """Stands in for a `Progress` of another process."""

    def __init__(self, number: int) -> None:
        self._number = number

    def add(self, n: int = 1) -> None:
        _told.append((self._number, ("add", n)))

    def partly(self, n: float) -> None:
        """Says nothing: the shard is told as a whole."""


class _Listener:
    """Stands in for a watcher of another process; progress within a shard is not told."""

    def __init__(self, number: int) -> None:
        self._number = number

    def report(self, stage: str) -> Report:
        return silent

    def emit(self, stage: str) -> Emit:
        def emit(kind: str, values: Mapping[str, Any]) -> None:
            _told.append((self._number, ("emit", stage, kind, dict(values))))

        return emit

    def say(self, stage: str, text: str) -> None:
        _told.append((self._number, ("say", stage, text)))


class _Call:
    """Stands in for an `Emit` of another process's watcher."""

    def __init__(self, number: int) -> None:
        self._number = number

    def __call__(self, kind: str, values: Mapping[str, Any]) -> None:
        _told.append((self._number, ("call", kind, dict(values))))


class _Packer(cloudpickle.Pickler):  # type: ignore[misc]
    """Packs a work; who is told of it stays here."""

    def __init__(self, file: io.BytesIO, listeners: list[Any]) -> None:
        super().__init__(file, protocol=pickle.HIGHEST_PROTOCOL)
        self._listeners = listeners

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, np.ndarray):
            return _place(obj) or super().reducer_override(obj)
        if isinstance(obj, Progress):
            return _Count, (self._number(obj),)
        if _is_watcher(type(obj)):
            return _Listener, (self._number(obj),)
        if isinstance(obj, FunctionType) and obj.__name__ in _OF_WATCHERS and _knows_watcher(obj):
            is_emit = obj.__name__ == "emit"
            return (_Call, (self._number(obj),)) if is_emit else (_unheard, ())
        return super().reducer_override(obj)

    def _number(self, listener: Any) -> int:
        for number, known in enumerate(self._listeners):
            if known is listener:
                return number
        self._listeners.append(listener)
        return len(self._listeners) - 1


def _unheard() -> Report:
    return silent


def _knows_watcher(function: FunctionType) -> bool:
    return any(_is_watcher(type(cell.cell_contents)) for cell in function.__closure__ or ())


def _is_watcher(kind: type) -> bool:
    return all(hasattr(kind, name) for name in ("report", "emit", "say"))


def _place(array: np.ndarray) -> tuple[Any, ...] | None:
    """Where an array lies in a file, to be opened there; None for one in memory."""
    owner: Any = array
    while isinstance(owner, np.ndarray) and not isinstance(owner, np.memmap):
        owner = owner.base
    if not isinstance(owner, np.memmap) or owner.filename is None or not array.flags.c_contiguous:
        return None
    while isinstance(owner.base, np.memmap):  # the whole map, of which this may be a part
        owner = owner.base
    owner_at, at = (each.__array_interface__["data"][0] for each in (owner, array))
    offset = owner.offset + at - owner_at
    return _open, (str(owner.filename), array.dtype, array.shape, offset)


def _open(path: str, dtype: np.dtype[Any], shape: tuple[int, ...], offset: int) -> np.ndarray:
    if 0 in shape:
        return np.empty(shape, dtype)
    return np.memmap(path, dtype, "r", offset, shape).view(np.ndarray)
