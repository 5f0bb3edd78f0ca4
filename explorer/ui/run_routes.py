"""Routes of the runs: the table, what happened in one since a byte offset, and its pictures."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import HTTPException, Response
from fastapi.responses import FileResponse
from fastapi.routing import APIRoute

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

    return [
        at("/runs", table),
        at("/runs/{run_id}", events),
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
