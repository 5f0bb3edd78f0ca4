"""Routes of what a referee found: all judgements, and the table of one as files."""

from collections.abc import Callable, Mapping
from typing import cast

from fastapi import HTTPException, Response
from fastapi.responses import FileResponse
from fastapi.routing import APIRoute

from explorer.runs.config import task_of_run
from explorer.runs.directory import RunDirectory
from explorer.runs.judged import FILES, cells, head, read_judged
from explorer.runs.launcher import RunInfo
from explorer.ui import wire
from explorer.ui.named import named
from explorer.ui.routes.runs import told_status
from explorer.ui.service import Service


def make_routes(service: Service, at: Callable[..., APIRoute]) -> list[APIRoute]:
    """The routes; `at` makes a guarded one."""
    runs = service.runs

    def judgements() -> list[wire.Judgement]:
        found = runs.list_runs("referee")
        made = runs.list_runs() if found else []
        names = {run.id: run.label.name or run.job.title for run in made}
        return [_judgement(runs.open(each.id), each, names) for each in found]

    def table(run_id: str, name: str) -> Response:
        path = runs.open(run_id).referee_folder / name
        if name not in FILES or not path.is_file():
            raise HTTPException(404)
        return FileResponse(path, filename=f"{run_id}-{name}")

    return [at("/judgements", judgements), at("/runs/{run_id}/referee/{name}", table)]


def _judgement(run: RunDirectory, info: RunInfo, names: Mapping[str, str]) -> wire.Judgement:
    config, plan, task = info.job.config, info.job.referee, task_of_run(info.job.config)
    rows = read_judged(run.referee_folder) if info.status.state == "done" else []
    told = {name: getattr(config.evaluation, name) for name in task.shared}
    return {
        **named(info),
        "status": told_status(info.status),
        "sets": [names[each] for each in plan.runs if each in names],
        "plan": cast(wire.RefereePlan, plan.as_json()),
        "students": ", ".join(task.students(told)),
        "head": head(config),
        "lines": [cells(row) for row in rows],
        "gains": [
            {"set": row.set, "network": row.network, "over_chance": row.over_chance, "p": row.p}
            for row in rows
        ],
    }
