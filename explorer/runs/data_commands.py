"""The commands that look at a dataset, and write it anew; no model is needed for them."""

import argparse
import json
from pathlib import Path
from typing import Any

from explorer.data.convert import FORMATS, convert
from explorer.data.inspect import OPENED, inspect, told
from explorer.errors import ConfigError
from explorer.runs.options import add_command, add_data
from explorer.runs.terminal import Terminal


def add_data_commands(commands: Any) -> None:
    """Adds `inspect` and `convert`."""
    about = "tell what is in a dataset, and what is left out of it and why"
    each = _add(commands, "inspect", _inspect, about)
    each.add_argument(
        "--images",
        type=int,
        default=OPENED,
        metavar="N",
        help=f"how many of each split to open, spread over all (default {OPENED})",
    )
    about = "write a dataset of any layout as a clean one"
    each = _add(commands, "convert", _convert, about)
    each.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder")
    formats = list(FORMATS)
    each.add_argument("--format", default=formats[0], choices=formats, help="of the new one")


def _add(commands: Any, name: str, command: Any, about: str) -> argparse.ArgumentParser:
    each = add_command(commands, name, command, about, unused=("--cache", "--bundle", "--device"))
    add_data(each)
    return each


def _inspect(options: argparse.Namespace) -> int:
    if options.images < 0:
        raise ConfigError("--images must be 0 or more.")
    terminal = Terminal()
    try:
        found = inspect(options.data, options.images, terminal.report("inspect"))
    finally:
        terminal.end_line()
    print(told(found))
    if options.json:
        print(json.dumps(found))
    return 0


def _convert(options: argparse.Namespace) -> int:
    terminal = Terminal()
    try:
        made = convert(options.data, options.out, options.format, terminal.report("convert"))
    finally:
        terminal.end_line()
    sizes = ", ".join(f"{name} {n:,} images" for name, n in made["splits"].items())
    print(f"{sizes} are in {options.out}.")
    for reason, count in made["left_out"].items():
        examples = ", ".join(made["examples"].get(reason, []))
        print(f"Left out: {reason} ({count:,}){f': {examples}' if examples else ''}")
    if options.json:
        print(json.dumps(made))
    return 0
