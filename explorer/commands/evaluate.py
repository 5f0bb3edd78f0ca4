"""`evaluate`: trains students on a set and scores them."""

import argparse
from dataclasses import replace
from typing import Any

from explorer.commands.options import EVALUATION, add_settings, read_run
from explorer.commands.watched import Done, add_tracker, add_watched
from explorer.engine.engine import find_engine
from explorer.methods.registry import methods_for
from explorer.progress import Watcher
from explorer.runs.distill import open_trained, score_with_card
from explorer.runs.opening import open_run
from explorer.runs.tables import upper_first
from explorer.sets.card import interval
from explorer.store.store import Store
from explorer.tasks.registry import TASKS, task_of_split


def add(commands: Any) -> None:
    """Adds the command."""
    each = add_watched(commands, "evaluate", _evaluate, "train students on a set and score them")
    each.add_argument("--test", required=True, metavar="DATA", help="has the val and test splits")
    add_tracker(each)
    add_settings(each, *(task.config for task in TASKS.values()), scope=EVALUATION)


def _evaluate(options: argparse.Namespace, watcher: Watcher) -> Done:
    trained = open_trained(options.data)
    task = task_of_split(trained.split, options.data)
    config = read_run(options, task, methods_for(task.name)[0])
    store, engine = Store(options.cache), find_engine(options.engine)
    test = replace(config, data=options.test)
    opened = open_run(store, test, options.device, watcher, "evaluate", engine)
    result = score_with_card(opened, config, trained)
    headline = task.headline
    lines = [
        f"{name}: {headline.label.lower()} {interval(own[headline.name])} {headline.unit}"
        for name, own in task.scores(result).items()
    ]
    return Done("\n".join([*lines, f"{upper_first(task.told(result))}."]), result)
