"""Commands that compute while a person watches: their options, terminal and tracker."""

import argparse
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from explorer.commands.options import (
    EVALUATION,
    add_cache,
    add_command,
    add_data,
    add_device,
    add_models,
    models_named,
    read_run,
)
from explorer.commands.terminal import Terminal, answer
from explorer.commands.trackers import TRACKERS, Tracked, open_tracker
from explorer.engine.engine import find_engine
from explorer.methods.registry import find_method, usual_methods
from explorer.models.bundles import bundle_advice, choose_bundle
from explorer.progress import Watcher
from explorer.runs.config import RunConfig
from explorer.runs.opening import open_all
from explorer.steps.context import Context
from explorer.store.store import Store
from explorer.tasks.registry import find_task, task_of


class Done(NamedTuple):
    """What a command did."""

    summary: str  # for people
    result: Mapping[str, Any]  # for programs, JSON-ready


Work = Callable[[argparse.Namespace, Watcher], Done]


def add_watched(commands: Any, name: str, work: Work, about: str) -> argparse.ArgumentParser:
    """Adds a command with the options that all of them have."""
    each = add_command(commands, name, _watched, about)
    each.set_defaults(work=work)
    add_data(each)
    add_cache(each)
    add_models(each)
    add_device(each)
    return each


def add_tracker(parser: argparse.ArgumentParser) -> None:
    """Adds where curves go besides the terminal."""
    parser.add_argument("--log-to", choices=list(TRACKERS), help="a tracker that is installed")


def open_asked(
    options: argparse.Namespace, watcher: Watcher, stage: str, method: str
) -> tuple[Context, RunConfig]:
    """What there is to work with, and the run that the options ask for, of the task it is for."""
    models = choose_bundle(options.bundle, *models_named(options))
    store, engine = Store(options.cache), find_engine(options.engine)
    opened = open_all(store, options.data, models, options.device, watcher, stage, engine)
    task = task_of(opened.dataset)
    config = read_run(options, task, find_method(method or usual_methods(task.name)[0]))
    return opened, config


def _watched(options: argparse.Namespace) -> int:
    """Does the work of a command that a person watches, and shows the result."""
    start = time.monotonic()
    with Terminal() as terminal, _tracked(options, terminal) as watcher:
        summary, result = options.work(options, watcher)
    seconds = time.monotonic() - start
    values = {**result, "advice": _advice(options, result), "seconds": round(seconds, 2)}
    return answer(options, f"{summary}\nDone in {seconds:.1f} s.", values)


@contextmanager
def _tracked(options: argparse.Namespace, terminal: Terminal) -> Iterator[Watcher]:
    """The terminal, and the tracker that was asked for."""
    kind = getattr(options, "log_to", None)
    if kind is None:
        yield terminal
        return
    name = f"{Path(options.data).name}-{time.strftime('%Y%m%d-%H%M%S')}"
    with closing(open_tracker(kind, name, options.cache, _told(options))) as tracker:
        yield Tracked(terminal, tracker)


def _told(options: argparse.Namespace) -> dict[str, Any]:
    """The options that somebody named, JSON-ready, those of the evaluation apart."""
    named = {n: v for n, v in vars(options).items() if v is not None and not callable(v)}
    plain = {n: str(v) if isinstance(v, Path) else v for n, v in named.items()}
    inner = {n.removeprefix(EVALUATION): v for n, v in plain.items() if n.startswith(EVALUATION)}
    return {n: v for n, v in plain.items() if not n.startswith(EVALUATION)} | {EVALUATION: inner}


def _advice(options: argparse.Namespace, result: Mapping[str, Any]) -> str:
    """What there is to say of these models on these data; "" where they are not used."""
    if "task" in result and not find_task(result["task"]).embeds:
        return ""
    bundle = choose_bundle(options.bundle, *models_named(options))
    return bundle_advice(getattr(options, "test", options.data), bundle, for_terminal=True)
