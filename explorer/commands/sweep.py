"""`sweep`: makes methods x sizes x seeds, and one table of them."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from explorer.commands.options import (
    EVALUATION,
    add_methods,
    add_settings,
    add_sizes,
    read_run,
    read_sizes,
    typed_folder,
)
from explorer.commands.watched import Done, add_tracker, add_watched, open_asked
from explorer.errors import ConfigError, ExplorerError
from explorer.methods.registry import methods_for
from explorer.methods.ways import method_of_way, read_way, varied
from explorer.progress import Watcher
from explorer.runs.config import SweepConfig, task_of_run
from explorer.runs.directory import Job
from explorer.runs.launcher import Runs
from explorer.runs.sweep import sweep
from explorer.tasks.registry import TASKS


def add(commands: Any, arguments: Sequence[str]) -> None:
    """Adds the command with the settings of the methods that `arguments` name."""
    each = add_watched(
        commands, "sweep", _sweep, "compare methods over sizes of sets; can be resumed"
    )
    usual = {
        "nargs": "+",
        "default": None,
        "metavar": "METHOD",
        "type": _way,
        "choices": None,
        "help": "names, or such as 'pds[guidance=5]'; default all that fit the data",
    }
    add_methods(each, arguments, "--methods", **usual)
    each.add_argument("--out", type=typed_folder, metavar="DIR", help="where the sets go")
    about = "leave it in the cache as a run for `worker` processes, instead of --out"
    each.add_argument("--by-workers", action="store_true", help=about)
    about = "settings to sweep as well, such as guidance=1,2,5 steps=5,20"
    each.add_argument("--vary", nargs="+", default=[], metavar="SETTING=VALUES", help=about)
    add_sizes(each)
    n_sets = SweepConfig.n_sets
    each.add_argument("--sets", type=int, default=n_sets, help="of each, by seed (default 5)")
    add_tracker(each)
    add_settings(each, *(task.config for task in TASKS.values()), scope=EVALUATION)


def _sweep(options: argparse.Namespace, watcher: Watcher) -> Done:
    opened, config = open_asked(options, watcher, "sweep", "")
    task = task_of_run(config)
    names = options.methods or [each.name for each in methods_for(task.name)]
    ways = varied(names, "; ".join(options.vary))
    plan = SweepConfig(methods=ways, n_pairs=read_sizes(options, task), n_sets=options.sets)
    methods = {each.name: each for each in map(method_of_way, names)}
    others = {name: read_run(options, task, each).settings for name, each in methods.items()}
    first = next(iter(others))
    config = replace(config, method=first, settings=others[first], others=others)
    if options.by_workers:
        job = Job(kind="sweep", config=config, sweep=plan, device=options.device, by_workers=True)
        run_id = Runs(options.cache).start(job)
        told = f"Run {run_id} waits for `worker --cache {options.cache}`."
        return Done(told, {"run": run_id})
    if options.out is None:
        raise ConfigError("Say with --out DIR where the sets go, or --by-workers.")
    result = sweep(opened, config, plan, options.out)
    return Done(result["table"], {"out": str(options.out), **result})


def _way(text: str) -> str:
    """A method, with or without settings, as one text.

    Raises:
        argparse.ArgumentTypeError: There is no such method or setting.
    """
    try:
        return str(read_way(text))
    except ExplorerError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
