"""`distill`: makes a small set and writes it."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from explorer.commands.options import add_methods, add_size, refuse_foreign, typed_folder
from explorer.commands.watched import Done, add_watched, open_asked
from explorer.progress import Watcher
from explorer.runs.config import task_of_run
from explorer.runs.distill import distill
from explorer.steps.subset import whole_key


def add(commands: Any, arguments: Sequence[str]) -> None:
    """Adds the command with the settings of the method that `arguments` name."""
    about = "make a small set and write it; can be resumed"
    each = add_watched(commands, "distill", _distill, about)
    how = "how; `methods` lists them"
    add_methods(each, arguments, "--method", default="", metavar="METHOD", help=how)
    each.add_argument(
        "--out", type=typed_folder, required=True, metavar="DIR", help="where the set goes"
    )
    each.add_argument(
        "--subset", default="", metavar="KEY", help="rows the page kept; 8 digits or all"
    )
    add_size(each)


def _distill(options: argparse.Namespace, watcher: Watcher) -> Done:
    opened, config = open_asked(options, watcher, "embed", options.method)
    refuse_foreign(options, config)
    config = replace(config, subset=whole_key(opened.store, config.subset))
    result = distill(opened, config, options.out)
    what = "images" if task_of_run(config).per_class else "pairs"
    summary = f"{result['n_pairs']:,} {what} by {config.method} are in {options.out}."
    return Done(summary, result)
