"""The command that puts sets before a referee."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from explorer.commands.options import (
    EVALUATION,
    add_cache,
    add_command,
    add_models,
    add_settings,
    read_run,
    typed_folder,
)
from explorer.commands.terminal import Terminal, answer
from explorer.errors import ConfigError
from explorer.methods.registry import methods_for
from explorer.runs.opening import open_run
from explorer.runs.referee import Asked, referee
from explorer.store.store import Store
from explorer.tasks.registry import find_task

_TASK = find_task("retrieval")


def add(commands: Any) -> None:
    """Adds `referee`."""
    about = "judge sets: scores as kept and as opened, gains over chance, coverage, copies"
    each = add_command(commands, "referee", _referee, about)
    each.add_argument("sets", type=Path, nargs="+", metavar="SET", help="distilled sets of pairs")
    each.add_argument("--test", required=True, metavar="DATA", help="what they were made of")
    each.add_argument(
        "--out", type=typed_folder, required=True, metavar="DIR", help="gets the table"
    )
    each.add_argument("--random", type=int, default=3, metavar="N", help="random sets of each size")
    each.add_argument("--whole", action="store_true", help="train students on all data, too (slow)")
    add_cache(each)
    add_models(each)
    each.add_argument("--device", default="auto", help="auto, cpu, cuda, mps")
    add_settings(each, _TASK.config, scope=EVALUATION)


def _referee(options: argparse.Namespace) -> int:
    """Judges them with students of two heads, unless others are named."""
    if options.random < 1:
        raise ConfigError("--random must be 1 or more.")
    places = [path.resolve() for path in options.sets]
    if twice := [path for path in places if places.count(path) > 1]:
        raise ConfigError(f"{twice[0]} is named twice; name each set once.")
    options.data = options.test
    config = read_run(options, _TASK, methods_for(_TASK.name)[0])
    if getattr(options, f"{EVALUATION}student") is None:
        heads = replace(config.evaluation, student="heads")  # type: ignore[type-var]
        config = replace(config, evaluation=heads)
    views = config.evaluation.views  # type: ignore[attr-defined]
    plain = replace(config.evaluation, views=0)  # type: ignore[type-var]
    config = replace(config, evaluation=plain)
    asked = Asked(options.sets, config, options.random, options.whole, views)
    with Terminal() as terminal:
        store = Store(options.cache)
        opened = open_run(store, config, options.device, terminal, "evaluate")
        rows = referee(opened, asked, options.out)
    table = (options.out / "table.md").read_text("utf-8")
    return answer(
        options, table, {"out": str(options.out), "rows": [row._asdict() for row in rows]}
    )
