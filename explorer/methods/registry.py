"""Every method by its name: those of this package, and those that other packages bring.

A package brings one with an entry point in the group `distillation_explorer.methods` that names
its `METHOD`.
"""

import importlib
import pkgutil
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from functools import cache
from importlib.metadata import entry_points
from typing import Any, TypedDict

from explorer import methods
from explorer.errors import ConfigError, UnknownNameError
from explorer.methods.base import Method
from explorer.settings import every_setting

GROUP = "distillation_explorer.methods"


@cache
def all_methods() -> dict[str, Method]:
    """Methods by name, in the order in which they are shown."""
    found: dict[str, Method] = {}
    for method in (*_own(), *_brought()):
        if method.name in found:
            raise ConfigError(f"Two methods are called {method.name!r}; uninstall one of them.")
        found[method.name] = method
    return dict(sorted(found.items(), key=lambda item: _place(item[1])))


def find_method(name: str) -> Method:
    """A method by its name; `UnknownNameError` where there is none."""
    if not isinstance(name, str) or name not in all_methods():
        near = ", ".join(get_close_matches(str(name).lower(), all_methods()))
        raise UnknownNameError(
            f"No method {name!r}{f'; near it: {near}' if near else ''}. All are in the field "
            "Method, and in `python -m explorer methods`."
        )
    return all_methods()[name]


def methods_for(task: str) -> list[Method]:
    """The methods that make sets for a task; the first is the one to begin with."""
    return [each for each in all_methods().values() if task in each.tasks]


def usual_methods(task: str) -> tuple[str, ...]:
    """The method to begin with and the baseline of a task, by name."""
    first, *others = methods_for(task)
    return (first.name, *(each.name for each in others if each.is_baseline))


class AboutSetting(TypedDict):
    default: Any
    help: str


class AboutMethod(TypedDict):
    """What the command `methods` tells of one."""

    name: str
    label: str
    family: str
    tasks: Sequence[str]
    paper: str
    settings: dict[str, AboutSetting]


def about_method(method: Method) -> AboutMethod:
    """What there is to tell of a method, JSON-ready."""
    return {
        "name": method.name,
        "label": method.label,
        "family": method.family,
        "tasks": method.tasks,
        "paper": method.paper,
        "settings": {
            each.name: {"default": each.default, "help": each.help}
            for each in every_setting(method.config)
        },
    }


def _place(method: Method) -> tuple[bool, bool, str, bool, str]:
    """The usual one, then by family, what was published first; what makes no set stands last."""
    is_last, is_later = method.make is None, not method.is_usual
    return is_last, is_later, method.family, not method.paper, method.name


def _own() -> Iterator[Method]:
    for found in pkgutil.walk_packages(methods.__path__, f"{methods.__name__}."):
        method = getattr(importlib.import_module(found.name), "METHOD", None)
        if isinstance(method, Method):
            yield method


def _brought() -> Iterator[Method]:
    for entry in entry_points(group=GROUP):
        method = entry.load()
        if not isinstance(method, Method):
            raise ConfigError(f"The entry point {entry.name} of {entry.value} is no Method.")
        yield method
