"""Reads dicts, lists, texts, numbers and NumPy arrays out of a pickle, and runs nothing of it.

A pickle is a program; here only the instructions that build such values are followed, and the
functions by which NumPy writes an array are known by name and never called. What else it asks for
is refused.
"""

import io
import pickletools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from explorer.data.left_out import shortened
from explorer.errors import BadDataError

MOST_BYTES = 1 << 30
MOST_STEPS = 5_000_000
_KNOWN = {
    *((f"numpy.{core}.multiarray", "_reconstruct") for core in ("core", "_core")),
    *((f"numpy.{core}.numeric", "_frombuffer") for core in ("core", "_core")),
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("_codecs", "encode"),
}
_KINDS = "biuf"
_MARK = object()


class _Refused(Exception):
    """Why a pickle is not read."""


class _Name(tuple[str, str]):
    """A function or class that a pickle asks for; one of `_KNOWN`."""


class _Type:
    """What a pickle says of an array's type."""

    def __init__(self, text: object) -> None:
        self.text, self.order = text, "|"


class _Array:
    """An array, as far as the pickle has told it."""

    def __init__(self, value: np.ndarray | None = None) -> None:
        self.value = value


def read_pickle(path: Path) -> Any:
    """What a file holds; texts of Python 2 come as str.

    Raises:
        BadDataError: It asks for anything but plain values and arrays, is damaged or too large.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise _Refused(f"it is larger than {MOST_BYTES >> 30} GiB")
        return _plain(_Machine().run(path.read_bytes()))
    except OSError as error:
        raise BadDataError(f"{path} cannot be read: {error.strerror}.") from error
    except _Refused as error:
        raise BadDataError(
            f"{path} is a pickle that is not read: {error}. Save its arrays with numpy.savez, or "
            "its images as files."
        ) from error
    except (ValueError, IndexError, KeyError, TypeError, OverflowError, MemoryError) as error:
        raise BadDataError(f"{path} is a damaged pickle: {error}.") from error


class _Machine:
    """Follows the instructions one by one."""

    def __init__(self) -> None:
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}
        self._does: Mapping[str, Callable[[Any], None]] = {
            **dict.fromkeys((*_NUMBERS, *_TEXTS, *_BYTES), self._stack.append),
            **{name: self._constant(value) for name, value in _CONSTANTS.items()},
            **dict.fromkeys(("PUT", "BINPUT", "LONG_BINPUT"), self._put),
            **dict.fromkeys(("GET", "BINGET", "LONG_BINGET"), self._get),
            **{f"TUPLE{n}": self._tuple_of(n) for n in (1, 2, 3)},
            "EMPTY_DICT": lambda _: self._stack.append({}),
            "EMPTY_LIST": lambda _: self._stack.append([]),
            "DICT": lambda _: self._stack.append(_as_dict(self._to_mark())),
            "LIST": lambda _: self._stack.append(self._to_mark()),
            "TUPLE": lambda _: self._stack.append(tuple(self._to_mark())),
            "MEMOIZE": lambda _: self._put(len(self._memo)),
            "APPEND": lambda _: self._append([self._stack.pop()]),
            "APPENDS": lambda _: self._append(self._to_mark()),
            "SETITEM": lambda _: self._update([self._stack.pop(-2), self._stack.pop()]),
            "SETITEMS": lambda _: self._update(self._to_mark()),
            "GLOBAL": lambda said: self._name(*said.split(" ", 1)),
            "STACK_GLOBAL": lambda _: self._name(self._stack.pop(-2), self._stack.pop()),
            "REDUCE": lambda _: self._reduce(self._stack.pop(-2), self._stack.pop()),
            "BUILD": lambda _: self._build(self._stack.pop()),
            "POP": lambda _: self._stack.__delitem__(-1),
            "PROTO": lambda _: None,
            "FRAME": lambda _: None,
        }

    def run(self, content: bytes) -> Any:
        for number, (code, argument, _) in enumerate(pickletools.genops(io.BytesIO(content))):
            if code.name == "STOP":
                return self._stack.pop()
            if code.name not in self._does:
                raise _Refused(f"it asks for more than values, by {code.name}")
            if number > MOST_STEPS:
                raise _Refused(f"it has more than {MOST_STEPS:,} instructions")
            self._does[code.name](argument)
        raise ValueError("it ends too early")

    def _constant(self, value: Any) -> Callable[[Any], None]:
        return lambda _: self._stack.append(value)

    def _tuple_of(self, n: int) -> Callable[[Any], None]:
        def take(_: Any) -> None:
            values = tuple(self._stack[-n:])
            del self._stack[-n:]
            self._stack.append(values)

        return take

    def _to_mark(self) -> list[Any]:
        place = len(self._stack) - 1
        while self._stack[place] is not _MARK:  # IndexError where there is none
            place -= 1
        values = self._stack[place + 1 :]
        del self._stack[place:]
        return values

    def _put(self, place: int) -> None:
        self._memo[int(place)] = self._stack[-1]

    def _get(self, place: int) -> None:
        self._stack.append(self._memo[int(place)])

    def _append(self, values: list[Any]) -> None:
        if not isinstance(self._stack[-1], list):
            raise ValueError("it appends to what is no list")
        self._stack[-1].extend(values)

    def _update(self, values: list[Any]) -> None:
        if not isinstance(self._stack[-1], dict):
            raise ValueError("it puts items into what is no dict")
        self._stack[-1].update(_as_dict(values))

    def _name(self, module: object, name: object) -> None:
        asked = _Name((_text(module), _text(name)))
        if asked not in _KNOWN:
            raise _Refused(f"it asks for {shortened('.'.join(asked))}")
        self._stack.append(asked)

    def _reduce(self, called: object, arguments: object) -> None:
        """Stands for the call of a known function; nothing is called."""
        if not isinstance(called, _Name) or not isinstance(arguments, tuple):
            raise _Refused("it asks for a call of something else")
        name = called[1]
        if name == "encode" and isinstance(arguments[0], str):
            self._stack.append(arguments[0].encode("latin-1"))
        elif name == "dtype":
            self._stack.append(_Type(_text(arguments[0])))
        elif name == "_reconstruct":
            self._stack.append(_Array())
        elif name == "_frombuffer":
            values, kind, shape, order = arguments
            self._stack.append(_Array(_array((1, shape, kind, order == "F", values))))
        else:
            raise _Refused(f"it asks for a call of {name}")

    def _build(self, state: Any) -> None:
        made = self._stack[-1]
        if isinstance(made, _Type):
            made.order = _text(state[1])
        elif isinstance(made, _Array):
            made.value = _array(state)
        else:
            raise _Refused("it sets the state of an object")


_NUMBERS = ("BININT", "BININT1", "BININT2", "INT", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT")
_TEXTS = ("STRING", "BINSTRING", "SHORT_BINSTRING", "UNICODE", "SHORT_BINUNICODE", "BINUNICODE")
_BYTES = ("BINUNICODE8", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8")
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False, "EMPTY_TUPLE": (), "MARK": _MARK}


def _as_dict(values: list[Any]) -> dict[Any, Any]:
    """Keys and values in turn; keys are texts or numbers."""
    keys = [_text(each) if isinstance(each, bytes) else each for each in values[::2]]
    if len(values) % 2 or not all(isinstance(key, str | int) for key in keys):
        raise ValueError("its keys are no texts")
    return dict(zip(keys, values[1::2], strict=True))


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if not isinstance(value, str):
        raise ValueError("it has something else where a text should be")
    return value


def _array(state: Any) -> np.ndarray:
    """The array that NumPy would make of (version, shape, type, is in Fortran's order, bytes)."""
    _, shape, kind, by_columns, values = state
    if not isinstance(kind, _Type) or str(kind.text)[:1] not in _KINDS:
        raise _Refused("it holds an array of something else than numbers")
    order = kind.order if kind.order in "<>" else "|"
    found = np.dtype(f"{order}{kind.text}" if order != "|" else str(kind.text))
    content = values.encode("latin-1") if isinstance(values, str) else values
    if not isinstance(content, bytes | bytearray) or not all(
        isinstance(each, int) for each in shape
    ):
        raise ValueError("an array has no bytes or no shape")
    flat = np.frombuffer(content, found)
    return flat.reshape(shape, order="F" if by_columns else "C")


def _plain(value: Any) -> Any:
    """The array that a placeholder stands for; in a dict, those of its values."""
    if isinstance(value, _Array):
        if value.value is None:
            raise ValueError("an array is not whole")
        return value.value
    return {key: _plain(each) for key, each in value.items()} if type(value) is dict else value
