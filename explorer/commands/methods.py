"""`methods`: lists every method with its settings."""

import argparse
import json
from typing import Any

from explorer.commands.options import add_command
from explorer.methods.registry import about_method, all_methods


def add(commands: Any) -> None:
    """Adds the command."""
    about = "every method: name, label, family, tasks, paper, settings"
    add_command(commands, "methods", _methods, about, unused=("--cache", "--bundle"))


def _methods(options: argparse.Namespace) -> int:
    methods = [about_method(method) for method in all_methods().values()]
    if options.json:
        print(json.dumps({"methods": methods}))
    for each in [] if options.json else methods:
        tasks = ", ".join(each["tasks"])
        print(f"{each['name']:18} {each['family']:12} {tasks:16} {each['label']}")
    return 0
