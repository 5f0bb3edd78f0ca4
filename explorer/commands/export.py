"""`export`: writes a set in a format that other programs load."""

import argparse
import shutil
from pathlib import Path
from typing import Any

from explorer.commands.options import add_command, typed_folder
from explorer.commands.terminal import answer
from explorer.sets.export import FORMATS, export
from explorer.sets.hub import publish, require_token


def add(commands: Any) -> None:
    """Adds the command."""
    about = "write a distilled set in a format that other programs load"
    each = add_command(commands, "export", _export, about, unused=("--cache", "--bundle"))
    each.add_argument("data", type=Path, metavar="DIR", help="a distilled set")
    each.add_argument("--format", required=True, choices=list(FORMATS), help="which format")
    each.add_argument("--out", type=typed_folder, required=True, metavar="DIR", help="a new folder")
    each.add_argument("--license", help="of the set, as the Hub names it, such as cc-by-4.0")
    about = "upload it to the Hugging Face Hub, as a private dataset"
    each.add_argument("--push", metavar="OWNER/NAME", help=about)


def _export(options: argparse.Namespace) -> int:
    if options.push:
        require_token(options.push)  # before anything is written
    result = export(options.data, options.format, options.out, options.license)
    if options.push:
        try:
            result["url"] = publish(options.out, options.push)
        except BaseException:  # Ctrl-C, too: the folder would stand in the way of the next try
            shutil.rmtree(options.out)
            raise
    told = f"{result['n_pairs']:,} {result['rows']} are in {options.out}."
    told += f" Open: {result['opened_by']}"
    if options.push:
        told += f"\nThey are also at {result['url']}, for you alone until you make it public."
    return answer(options, told, result)
