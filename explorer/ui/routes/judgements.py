"""Routes of what a referee found: all judgements, and the table of one as files."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import cast

from fastapi import Response
from fastapi.routing import APIRoute

from explorer.errors import BadDataError, MissingDataError
from explorer.runs.config import task_of_run
from explorer.runs.judged import FILES, cells, head
from explorer.runs.launcher import RunInfo, Runs
from explorer.ui import wire
from explorer.ui.labels import told_status
from explorer.ui.named import named
from explorer.ui.routes.answers import one_of
from explorer.ui.service import Service


def make_routes(service: Service, at: Callable[..., APIRoute]) -> list[APIRoute]:
    """The routes; `at` makes a guarded one."""
    runs = service.runs

    def judgements() -> list[wire.Judgement]:
        return [_judgement(runs, each) for each in runs.list_runs("referee")]

    def table(run_id: str, name: str) -> Response:
        return one_of(FILES, runs.open(run_id).referee_folder, name, run_id)

    return [at("/judgements", judgements), at("/runs/{run_id}/referee/{name}", table)]


def _judgement(runs: Runs, info: RunInfo) -> wire.Judgement:
    config, plan, task = info.job.config, info.job.referee, task_of_run(info.job.config)
    told = {name: getattr(config.evaluation, name) for name in task.shared}
    return {
        **named(info),
        "status": told_status(info.status),
        "sets": [*_called(runs, plan.runs)],
        "plan": cast(wire.RefereePlan, plan.as_json()),
        "students": ", ".join(task.students(told)),
        "head": head(config),
        "lines": [cells(row) for row in info.judged],
        "gains": [
            {"set": row.set, "network": row.network, "over_chance": row.over_chance, "p": row.p}
            for row in info.judged
        ],
    }


def _called(runs: Runs, ids: Sequence[str]) -> Iterator[str]:
    """What runs are called; those that are not there any more are left out."""
    for each in ids:
        with suppress(MissingDataError, BadDataError):
            yield runs.open(each).called()
