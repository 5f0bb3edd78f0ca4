"""The command that puts sets before a referee."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from explorer.commands.options import (
    EVALUATION,
    add_cache,
    add_command,
    add_device,
    add_models,
    add_settings,
    typed_folder,
)
from explorer.commands.terminal import Terminal, answer
from explorer.commands.watched import open_asked
from explorer.runs.candidates import candidates
from explorer.runs.config import RefereeConfig
from explorer.runs.referee import STAGE, referee
from explorer.tasks.registry import TASKS, task_of


def add(commands: Any) -> None:
    """Adds `referee`."""
    about = "judge sets: scores as kept and as opened, gains over chance, coverage, copies"
    each = add_command(commands, "referee", _referee, about)
    each.add_argument(
        "sets", type=Path, nargs="+", metavar="SET", help="distilled sets, or runs that made some"
    )
    each.add_argument(
        "--test", dest="data", required=True, metavar="DATA", help="what they were made of"
    )
    each.add_argument(
        "--out", type=typed_folder, required=True, metavar="DIR", help="gets the table"
    )
    each.add_argument("--random", type=int, default=3, metavar="N", help="random sets of each size")
    each.add_argument("--whole", action="store_true", help="train students on all data, too (slow)")
    add_cache(each)
    add_models(each)
    add_device(each)
    add_settings(each, *(task.config for task in TASKS.values()), scope=EVALUATION)


def _referee(options: argparse.Namespace) -> int:
    """Judges them with the students that are usual for it, unless others are named."""
    plan = RefereeConfig(n_random=options.random, whole=options.whole)
    sets = candidates(options.sets)
    with Terminal() as terminal:
        opened, config = open_asked(options, terminal, STAGE, "")
        usual = task_of(opened.dataset).judging.usual
        own = {n: v for n, v in usual.items() if getattr(options, f"{EVALUATION}{n}") is None}
        evaluation = replace(config.evaluation, **own)  # type: ignore[type-var]
        rows = referee(opened, replace(config, evaluation=evaluation), sets, plan, options.out)
    table = (options.out / "table.md").read_text("utf-8")
    return answer(
        options, table, {"out": str(options.out), "rows": [row._asdict() for row in rows]}
    )
