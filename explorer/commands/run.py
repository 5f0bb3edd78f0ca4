"""`run`: does what a recipe or a run directory asks for."""

import argparse
import json
from pathlib import Path
from typing import Any

from explorer.commands.options import add_cache, add_command, typed_folder
from explorer.errors import ConfigError
from explorer.runs.directory import Job, RunDirectory
from explorer.runs.recipe import SUFFIXES, read_recipe
from explorer.runs.worker import work_on


def add(commands: Any) -> None:
    """Adds the command, which is also what the page starts."""
    about = "do what a recipe or a run directory asks for; can be resumed"
    each = add_command(commands, "run", _run, about, unused=("--bundle",))  # a run has one
    each.add_argument("run", type=Path, metavar="RECIPE.yaml|RUN_DIR")
    each.add_argument(
        "--out", type=typed_folder, metavar="DIR", help="where the run of a recipe goes"
    )
    each.add_argument("--lock-fd", type=int, help=argparse.SUPPRESS)  # inherited from the page
    add_cache(each)


def _run(options: argparse.Namespace) -> int:
    folder = _begun(options) if options.run.suffix in SUFFIXES else options.run
    code = work_on(folder, options.cache, options.lock_fd) or 0
    if options.json:
        run = RunDirectory(folder)
        print(json.dumps({"state": run.status().state, "result": run.result()}))
    return code


def _begun(options: argparse.Namespace) -> Path:
    """The run directory of a recipe; one that is there must be of the same."""
    if options.out is None:
        raise ConfigError("Say with --out DIR where the run of a recipe goes.")
    job, run = Job(config=read_recipe(options.run)), RunDirectory(options.out)
    if not run.folder.exists():
        run.create(job)
    elif run.job() != job:
        raise ConfigError(f"{run.folder} holds another run; name another --out.")
    return run.folder
