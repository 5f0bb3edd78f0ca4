"""The commands that look at a dataset, and write it anew; no model is needed for them."""

import argparse
from typing import Any

from explorer.commands.options import add_command, add_data, typed_folder
from explorer.commands.terminal import Terminal, answer
from explorer.data.convert import FORMATS, convert
from explorer.data.inspect import OPENED, inspect, told
from explorer.errors import ConfigError


def add(commands: Any) -> None:
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
    each.add_argument("--out", type=typed_folder, required=True, metavar="DIR", help="a new folder")
    formats = list(FORMATS)
    each.add_argument("--format", default=formats[0], choices=formats, help="of the new one")


def _add(commands: Any, name: str, command: Any, about: str) -> argparse.ArgumentParser:
    each = add_command(commands, name, command, about, unused=("--cache", "--bundle", "--device"))
    add_data(each)
    return each


def _inspect(options: argparse.Namespace) -> int:
    if options.images < 0:
        raise ConfigError("--images must be 0 or more.")
    with Terminal() as terminal:
        found = inspect(options.data, options.images, terminal.report("inspect"))
    return answer(options, told(found), found)


def _convert(options: argparse.Namespace) -> int:
    with Terminal() as terminal:
        made = convert(options.data, options.out, options.format, terminal.report("convert"))
    sizes = ", ".join(f"{n:,} images of {name}" for name, n in made["splits"].items())
    lines = [f"{sizes} are in {options.out}."]
    for reason, count in made["left_out"].items():
        examples = ", ".join(made["examples"].get(reason, []))
        lines += [f"Left out: {reason} ({count:,}){f': {examples}' if examples else ''}"]
    return answer(options, "\n".join(lines), made)
