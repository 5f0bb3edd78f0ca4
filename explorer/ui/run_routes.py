"""Routes of the runs: the table, lines to compare, what happened in one, its pictures, its set."""

import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import HTTPException, Response
from fastapi.responses import FileResponse
from fastapi.routing import APIRoute
from starlette.background import BackgroundTask

from explorer.pipeline.comparison import compare
from explorer.ui import static
from explorer.ui.service import Service

LOG_BYTES = 8192
PICTURE = re.compile(r"\d{6}\.png")


def make_routes(service: Service, at: Callable[..., APIRoute]) -> list[APIRoute]:
    """The routes; `at` makes a guarded one."""
    runs = service.runs

    def table() -> list[dict[str, Any]]:
        return [
            {
                "id": run.id,
                "config": run.job.config.as_json(),
                "state": run.status.state,
                "result": run.result,
            }
            for run in runs.list_runs()
        ]

    def events(run_id: str, offset: int = 0) -> dict[str, Any]:
        run = runs.open(run_id)
        status = runs.status(run_id)  # first: events written before it was read are never missed
        rows, next_offset = run.read_events(max(0, offset))
        return {
            "id": run_id,
            "kind": run.job().kind,
            "config": run.job().config.as_json(),
            "status": status._asdict(),
            "events": rows,
            "offset": next_offset,
            "log": _tail(run.log_path),
            "result": run.result(),
        }

    def picture(run_id: str, name: str) -> Response:
        path = runs.open(run_id).set_folder / "train" / name
        if not PICTURE.fullmatch(name) or not path.is_file():
            raise HTTPException(404)
        return FileResponse(path, headers=static.FOREVER)

    def comparison() -> list[dict[str, Any]]:
        lines = compare(runs.list_runs())
        return [
            {**line._asdict(), "points": [point._asdict() for point in line.points]}
            for line in lines
        ]

    def distilled_set(run_id: str) -> Response:
        run = runs.open(run_id)
        if run.result() is None:
            raise HTTPException(404, f"Run {run_id} has no finished set.")
        path = Path(tempfile.mkdtemp(), "set.zip")
        with zipfile.ZipFile(path, "w") as zipped:  # pictures do not get smaller
            for each in sorted(path for path in run.set_folder.rglob("*") if path.is_file()):
                zipped.write(each, each.relative_to(run.set_folder))
        removal = BackgroundTask(shutil.rmtree, path.parent)
        return FileResponse(path, filename=f"{run_id}.zip", background=removal)

    return [
        at("/runs", table),
        at("/comparison", comparison),
        at("/runs/{run_id}", events),
        at("/runs/{run_id}/set.zip", distilled_set),
        at("/runs/{run_id}/pictures/{name}", picture),
    ]


def _tail(path: Path) -> str:
    """The last lines of a log; a line cut at the front is left out."""
    if not path.exists():
        return ""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - LOG_BYTES))
        text = file.read().decode(errors="replace")
    return text if size <= LOG_BYTES else text.partition("\n")[2]
