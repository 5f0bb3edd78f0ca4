"""The page's twin of `explorer/ui/wire.py`, for its scripts: `python -m tests.wire_twin`."""

import inspect
from collections.abc import Iterator
from dataclasses import is_dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints

from typing_extensions import is_typeddict

from explorer.ui import wire

TWIN = Path(__file__).parents[1] / "assets" / "ui" / "common" / "wire.d.ts"
PLAIN = {str: "string", int: "number", float: "number", bool: "boolean", NoneType: "null"}


def twin() -> str:
    """The whole file."""
    own = [each for each in vars(wire).values() if _is_shape(each) and _is_ours(each)]
    shapes = {each.__name__: each for each in (*own, *_inner(own))}
    bodies = "\n\n".join("\n".join(_interface(each)) for _, each in sorted(shapes.items()))
    return (
        "// What goes to the page, as explorer/ui/wire.py says it; made by `python -m "
        "tests.wire_twin`.\n\n"
        f"declare namespace Wire {{\n{bodies}\n}}\n"
    )


def _is_shape(kind: Any) -> bool:
    return is_typeddict(kind) or (isinstance(kind, type) and is_dataclass(kind))


def _is_ours(shape: Any) -> bool:
    return shape.__module__.startswith("explorer.")


def _inner(shapes: Any) -> Iterator[type]:
    """The shapes inside of shapes."""
    for shape in shapes:
        for hint in get_type_hints(shape).values():
            yield from _mentioned(hint)


def _mentioned(kind: Any) -> Iterator[type]:
    if _is_shape(kind):
        yield kind
        yield from _inner([kind])
    for each in get_args(kind):
        yield from _mentioned(each)


def _interface(shape: Any) -> Iterator[str]:
    if (about := inspect.getdoc(shape)) and "dict(" not in about:
        yield f"  /** {about.partition(chr(10))[0]} */"
    yield f"  interface {shape.__name__} {{"
    for name, hint in get_type_hints(shape).items():
        mark = "?" if name in getattr(shape, "__optional_keys__", ()) else ""
        yield f"    {name}{mark}: {script_type(hint)};"
    yield "  }"


def script_type(kind: Any) -> str:
    """A Python type as the scripts' checker writes it."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind is Any:
        return "unknown"
    if kind in PLAIN:
        return PLAIN[kind]
    if _is_shape(kind):
        return str(kind.__name__)
    if origin is NotRequired:
        return script_type(inner[0])
    if origin is Literal:
        return " | ".join(f"'{each}'" for each in inner)
    if origin in (Union, UnionType):
        return " | ".join(map(script_type, inner))
    if origin is tuple:
        return f"[{', '.join(map(script_type, inner))}]"
    if origin is list:
        each = script_type(inner[0])
        return f"({each})[]" if " | " in each else f"{each}[]"
    if origin is dict:
        return f"Record<string, {script_type(inner[1])}>"
    raise TypeError(f"{kind} has no twin in the scripts.")


if __name__ == "__main__":
    TWIN.write_text(twin(), encoding="utf-8")
