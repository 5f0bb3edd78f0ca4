"""Routes of the runs: the table, the queue, what happened in one, its label, images and set."""

import re
import sys
import tempfile
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import IO, Annotated

from fastapi import Body, HTTPException, Response
from fastapi.responses import FileResponse, StreamingResponse
from fastapi.routing import APIRoute
from starlette.background import BackgroundTask

from explorer.compare.sweeps import read_swept
from explorer.report.write import write_report
from explorer.runs.directory import OVER, Label
from explorer.runs.launcher import Runs
from explorer.runs.outcome import scores_of, shown_of
from explorer.runs.recipe import recipe_of
from explorer.runs.tables import TABLES
from explorer.sets.folder import as_file
from explorer.sets.others import lies_inside, without_folders, without_paths
from explorer.store.own import is_distilled
from explorer.store.reading import read_object
from explorer.ui import wire
from explorer.ui.labels import by_label, told_status
from explorer.ui.named import named
from explorer.ui.routes.answers import FOREVER, HOUR, one_of
from explorer.ui.service import Service

LOG_BYTES = 8192
YAML = "application/yaml; charset=utf-8"
STEP = re.compile(r"\d{6,}")


def make_routes(service: Service, at: Callable[..., APIRoute]) -> list[APIRoute]:
    """The routes; `at` makes a guarded one."""
    runs = service.runs
    return [
        *_lists(runs, at),
        *_one(service, at),
        *_sweeps(runs, at),
        *_images(runs, at),
    ]


def _lists(runs: Runs, at: Callable[..., APIRoute]) -> list[APIRoute]:
    def table() -> list[wire.TableRun]:
        return [
            {
                **named(run),
                "state": run.status.state,
                "ended": by_label(run.status.text) if run.status.state in OVER else "",
                "result": shown_of(run.job, run.result),
                "scores": scores_of(run.job, run.result),
            }
            for run in runs.list_runs("distill", "sweep")
        ]

    def queue() -> list[wire.QueuedRun]:
        return [
            {
                **named(run),
                "status": told_status(run.status),
                "expected": runs.open(run.id).expected(),
            }
            for run in runs.queue()
        ]

    return [at("/runs", table), at("/queue", queue)]


def _one(service: Service, at: Callable[..., APIRoute]) -> list[APIRoute]:
    """What happened in a run, how it is called, its recipe, and its set."""
    runs = service.runs

    def events(run_id: str, offset: int = 0) -> wire.Run:
        run = runs.open(run_id)
        info = runs.info(run_id)  # first: events written before it was read are never missed
        rows, next_offset = run.read_events(min(max(0, offset), sys.maxsize))
        return {
            **named(info),
            "scores": scores_of(info.job, info.result),
            "checkpoints": _checkpoints(run.checkpoints_folder),
            "status": told_status(info.status),
            "events": rows,
            "offset": next_offset,
            "log": _tail(run.log_path),
            "result": shown_of(info.job, info.result),
        }

    def label(run_id: str, name: Annotated[str, Body()], note: Annotated[str, Body()]) -> None:
        runs.label(run_id, Label(name, note))

    def distilled_set(run_id: str) -> Response:
        run = runs.open(run_id)
        if run.result() is None or not run.set_folder.is_dir():
            raise HTTPException(404, f"Run {run_id} has no finished set.")
        return _sent(_zipped(run.set_folder), f"{run_id}.zip")

    def report(run_id: str) -> Response:
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "report"
            write_report(service.store, runs.open(run_id), out)
            return _sent(_zipped(out), f"{run_id}-report.zip")

    def recipe(run_id: str) -> Response:
        text = recipe_of(runs.open(run_id).job().config)
        text = text if service.access.everything else without_folders(text)
        name = f'attachment; filename="{run_id}.yaml"'
        return Response(text, media_type=YAML, headers={"Content-Disposition": name})

    return [
        at("/runs/{run_id}", events),
        at("/runs/{run_id}/recipe.yaml", recipe),
        at("/runs/{run_id}/label", label, "PUT"),
        at("/runs/{run_id}/set.zip", distilled_set),
        at("/runs/{run_id}/report.zip", report),
    ]


def _sent(file: IO[bytes], name: str) -> Response:
    """A file to be saved under this name; it is closed once it was sent."""
    size, _ = file.seek(0, 2), file.seek(0)
    return StreamingResponse(
        iter(partial(file.read, 1 << 20), b""),
        headers={
            "Content-Length": str(size),
            "Content-Disposition": f'attachment; filename="{name}"',
        },
        media_type="application/zip",
        background=BackgroundTask(file.close),
    )


def _zipped(folder: Path) -> IO[bytes]:
    """A folder in one file without a name, so that nothing is left of it whatever happens.

    What only links lead to is not in it, nor are the names of folders here. The caller closes it.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115
    with zipfile.ZipFile(file, "w") as zipped:  # images do not get smaller
        for each in sorted(path for path in folder.rglob("*") if lies_inside(path, folder)):
            if each == folder / "config.json" and is_distilled(folder):
                zipped.writestr("config.json", as_file(without_paths(read_object(each))))
            else:
                zipped.write(each, each.relative_to(folder))
    return file


def _sweeps(runs: Runs, at: Callable[..., APIRoute]) -> list[APIRoute]:
    def sweep(run_id: str) -> wire.Sweep:
        return read_swept(runs.open(run_id))

    def table(run_id: str, name: str) -> Response:
        return one_of(TABLES, runs.open(run_id).sweep_folder, name, run_id)

    return [at("/runs/{run_id}/sweep", sweep), at("/runs/{run_id}/sweep/{name}", table)]


def _images(runs: Runs, at: Callable[..., APIRoute]) -> list[APIRoute]:
    """The images of a set as they are, and as they were on the way."""

    def image(run_id: str, name: str) -> Response:
        path = runs.open(run_id).set_folder / "train" / name
        if not is_image(name) or not path.is_file():
            raise HTTPException(404)
        return FileResponse(path, headers=HOUR if runs.open(run_id).job().learns else FOREVER)

    def checkpoint(run_id: str, step: str, name: str) -> Response:
        path = runs.open(run_id).checkpoints_folder / step / "train" / name
        if not STEP.fullmatch(step) or not is_image(name) or not path.is_file():
            raise HTTPException(404)
        return FileResponse(path, headers=FOREVER)

    return [
        at("/runs/{run_id}/checkpoints/{step}/{name:path}", checkpoint),
        at("/runs/{run_id}/images/{name:path}", image),
    ]


def is_image(name: str) -> bool:
    """Whether a name is that of an image of a set, in the folder of its class where it has one."""
    *folder, file = name.split("/")
    inside = not folder or (len(folder) == 1 and folder[0] not in ("", ".", ".."))
    return inside and "\\" not in name and bool(re.fullmatch(r"\d{6}\.png", file))


def _checkpoints(folder: Path) -> list[wire.Checkpoint]:
    """The moments of a learned set that were kept; the lines of a set are written last."""
    lines = folder.glob("*/train/metadata.jsonl")
    found = sorted(name for path in lines if STEP.fullmatch(name := path.parents[1].name))
    return [{"step": int(name), "name": name} for name in found]


def _tail(path: Path) -> str:
    """The last lines of a log; a line cut at the front is left out."""
    if not path.exists():
        return ""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - LOG_BYTES))
        text = file.read().decode(errors="replace")
    return text if size <= LOG_BYTES else text.partition("\n")[2]
