"""A report: one folder of files that any browser opens from disk, and any host serves as it is."""

import json
import logging
import shutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from explorer.errors import TOLD, sentence
from explorer.explore.dataset import find_prepared
from explorer.report.points import PackedMap, pack_map
from explorer.report.told import Told, tell
from explorer.runs.config import task_of_run, view_of
from explorer.runs.directory import Job, RunDirectory
from explorer.runs.launcher import info_of
from explorer.runs.tables import TABLES
from explorer.sets.export import export
from explorer.store.own import is_distilled
from explorer.store.store import Store
from explorer.store.writing import whole_folder

log = logging.getLogger(__name__)

_ASSETS = Path(__file__).resolve().parents[2] / "assets"
_COLOURS = _ASSETS / "ui" / "common" / "colours.js"  # those of the page; it imports nothing
_SPACE = """---
title: {title}
sdk: static
pinned: false
tags: [dataset-distillation]
---
Open index.html. `set/` is the distilled set, with a card of its own.
"""


def write_report(store: Store, run: RunDirectory, out: Path) -> None:
    """Writes the report of a run that is over, with the map of its prototypes if the store has it.

    `out` does not exist yet, or is empty. It appears when everything is in it.
    """
    info = info_of(run, run.job())
    with whole_folder(out) as folder:
        _fill(folder, tell(run, info), run, _map_of(store, info.job))


def _fill(folder: Path, told: Told, run: RunDirectory, packed: Mapping[str, Any] | None) -> None:
    if is_distilled(run.set_folder):
        export(run.set_folder, "imagefolder", folder / "set")
    for name in TABLES:
        if (run.sweep_folder / name).is_file():
            shutil.copyfile(run.sweep_folder / name, folder / name)
    if told.recipe:
        (folder / "recipe.yaml").write_text(told.recipe, encoding="utf-8")
    (folder / "README.md").write_text(
        _SPACE.format(title=json.dumps(told.title, ensure_ascii=False)), encoding="utf-8"
    )
    page = _template().render(
        told=told,
        map=packed,
        lacks_map=packed is None and bool(told.samples) and task_of_run(run.job().config).embeds,
        tables=[name for name in TABLES if (folder / name).is_file()],
        style=(_ASSETS / "report" / "report.css").read_text("utf-8"),
        script="\n".join(
            path.read_text("utf-8") for path in (_COLOURS, _ASSETS / "report" / "report.js")
        ),
    )
    (folder / "index.html").write_text(page, encoding="utf-8")


def _map_of(store: Store, job: Job) -> PackedMap | None:
    """The map of the prototypes that a set was made from; None where the store has none."""
    config = job.config
    if job.kind == "sweep" or not task_of_run(config).embeds:
        return None
    try:
        prepared = find_prepared(store, view_of(config), job.map_config, edits=config.edits)
    except TOLD as error:  # a set is worth a report though its source is gone
        log.warning("The report has no map: %s", sentence(error))
        return None
    return pack_map(prepared) if prepared else None


@cache
def _template() -> Any:
    loader = FileSystemLoader(_ASSETS / "report")
    return Environment(loader=loader, autoescape=True, trim_blocks=True).get_template("report.html")
