"""`prepare`: embeds a dataset, finds prototypes and lays out maps."""

import argparse
from typing import Any

from explorer.commands.options import add_prototypes, add_settings, read_run
from explorer.commands.watched import Done, add_watched
from explorer.config import MapConfig, PrototypeConfig
from explorer.engine.engine import find_engine
from explorer.methods.registry import methods_for
from explorer.progress import Watcher
from explorer.runs.config import RunConfig
from explorer.runs.distill import prepare
from explorer.runs.opening import open_run
from explorer.steps.embeddings import SPACES
from explorer.store.shipped import SHIPPED
from explorer.store.store import Store
from explorer.tasks.registry import find_task


def add(commands: Any) -> None:
    """Adds the command."""
    each = add_watched(commands, "prepare", _prepare, "embed, find prototypes, lay out the map")
    about = "compute what comes with the program, too, where a new --cache has not got it"
    each.add_argument("--anew", action="store_true", help=about)
    each.add_argument("--maps", nargs="+", choices=SPACES, default=["image"], help="what to map")
    add_prototypes(each)
    add_settings(each, PrototypeConfig)


def _prepare(options: argparse.Namespace, watcher: Watcher) -> Done:
    task = find_task(RunConfig.task)
    config = read_run(options, task, methods_for(task.name)[0])
    shipped = None if options.anew else SHIPPED
    store, spaces = Store(options.cache, shipped), tuple(options.maps)
    engine = find_engine(options.engine)
    opened = open_run(store, config, options.device, watcher, "embed", engine)
    result = prepare(opened, config, MapConfig(), spaces)
    summary = (
        f"{result['n_images']:,} images and {result['n_captions']:,} captions; "
        f"{result['n_prototypes']:,} prototypes, {result['n_pairless']:,} of them pairless, "
        f"{result['n_reused_captions']:,} with the caption of another."
    )
    return Done(summary, result)
