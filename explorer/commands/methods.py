"""`methods`: lists every method, or the settings of some."""

import argparse
import json
from collections.abc import Iterator
from typing import Any

from explorer.commands.options import add_command
from explorer.methods.base import Method
from explorer.methods.registry import about_method, all_methods, find_method
from explorer.settings import every_setting


def add(commands: Any) -> None:
    """Adds the command."""
    about = "every method with its family, tasks and label; or the settings of those that are named"
    each = add_command(commands, "methods", _methods, about, unused=("--cache", "--bundle"))
    each.add_argument("names", nargs="*", metavar="METHOD", help="whose settings to tell")


def _methods(options: argparse.Namespace) -> int:
    methods = [find_method(name) for name in options.names] or list(all_methods().values())
    if options.json:
        print(json.dumps({"methods": [about_method(method) for method in methods]}))
        return 0
    for method in methods:
        print("\n".join(_in_full(method)) if options.names else _in_short(method))
    return 0


def _in_short(method: Method) -> str:
    tasks = ", ".join(method.tasks)
    return f"{method.name:18} {method.family:12} {tasks:25} {method.label}"


def _in_full(method: Method) -> Iterator[str]:
    """The method, then each of its settings with its default and what it does."""
    paper = f"; {method.paper}" if method.paper else ""
    yield f"{method.name}: {method.label}{paper}"
    for each in every_setting(method.config):
        yield f"  {each.flag:22} {each.default!s:10} {each.help}"
