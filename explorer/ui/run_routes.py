"""Routes of the runs: the table, the queue, what happened in one, its label, pictures and set."""

import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from fastapi import Body, HTTPException, Response
from fastapi.responses import FileResponse
from fastapi.routing import APIRoute
from starlette.background import BackgroundTask

from explorer.pipeline.rundir import Label
from explorer.pipeline.runs import RunInfo
from explorer.pipeline.swept import read_swept
from explorer.pipeline.tables import TABLES
from explorer.ui.answers import FOREVER
from explorer.ui.service import Service

LOG_BYTES = 8192
PICTURE = re.compile(r"\d{6}\.png")


def make_routes(service: Service, at: Callable[..., APIRoute]) -> list[APIRoute]:
    """The routes; `at` makes a guarded one."""
    runs = service.runs

    def table() -> list[dict[str, Any]]:
        return [
            {**_named(run), "state": run.status.state, "result": run.result}
            for run in runs.list_runs("distill", "sweep")
        ]

    def queue() -> list[dict[str, Any]]:
        return [{**_named(run), "status": run.status.as_json()} for run in runs.queue()]

    def label(run_id: str, name: Annotated[str, Body()], note: Annotated[str, Body()]) -> None:
        runs.label(run_id, Label(name, note))

    def events(run_id: str, offset: int = 0) -> dict[str, Any]:
        run = runs.open(run_id)
        status = runs.status(run_id)  # first: events written before it was read are never missed
        rows, next_offset = run.read_events(max(0, offset))
        job = run.job()
        return {
            "id": run_id,
            "kind": job.kind,
            "config": job.config.as_json(),
            "sweep": asdict(job.sweep),
            "label": run.label()._asdict(),
            "status": status.as_json(),
            "events": rows,
            "offset": next_offset,
            "log": _tail(run.log_path),
            "result": run.result(),
        }

    def sweep(run_id: str) -> dict[str, Any]:
        run = runs.open(run_id)
        rows, lines = read_swept(run)
        return {
            "folder": str(run.sweep_folder),
            "rows": [row._asdict() for row in rows],
            "lines": [line.as_json() for line in lines],
        }

    def sweep_table(run_id: str, name: str) -> Response:
        path = runs.open(run_id).sweep_folder / name
        if name not in TABLES or not path.is_file():
            raise HTTPException(404)
        return FileResponse(path, filename=f"{run_id}-{name}")

    def picture(run_id: str, name: str) -> Response:
        path = runs.open(run_id).set_folder / "train" / name
        if not PICTURE.fullmatch(name) or not path.is_file():
            raise HTTPException(404)
        return FileResponse(path, headers=FOREVER)

    def distilled_set(run_id: str) -> Response:
        run = runs.open(run_id)
        if run.result() is None or not run.set_folder.is_dir():
            raise HTTPException(404, f"Run {run_id} has no finished set.")
        path = Path(tempfile.mkdtemp(), "set.zip")
        with zipfile.ZipFile(path, "w") as zipped:  # pictures do not get smaller
            for each in sorted(path for path in run.set_folder.rglob("*") if path.is_file()):
                zipped.write(each, each.relative_to(run.set_folder))
        removal = BackgroundTask(shutil.rmtree, path.parent)
        return FileResponse(path, filename=f"{run_id}.zip", background=removal)

    return [
        at("/runs", table),
        at("/queue", queue),
        at("/runs/{run_id}", events),
        at("/runs/{run_id}/label", label, "PUT"),
        at("/runs/{run_id}/sweep", sweep),
        at("/runs/{run_id}/sweep/{name}", sweep_table),
        at("/runs/{run_id}/set.zip", distilled_set),
        at("/runs/{run_id}/pictures/{name}", picture),
    ]


def _named(run: RunInfo) -> dict[str, Any]:
    """What every list says of a run."""
    return {
        "id": run.id,
        "kind": run.job.kind,
        "config": run.job.config.as_json(),
        "sweep": asdict(run.job.sweep),
        "label": run.label._asdict(),
    }


def _tail(path: Path) -> str:
    """The last lines of a log; a line cut at the front is left out."""
    if not path.exists():
        return ""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - LOG_BYTES))
        text = file.read().decode(errors="replace")
    return text if size <= LOG_BYTES else text.partition("\n")[2]
