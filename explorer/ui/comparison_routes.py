"""Routes that compare runs: recall, settings that differ, sets pair by pair, published figures."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Query
from fastapi.routing import APIRoute

from explorer.errors import MissingDataError
from explorer.pipeline.comparison import compare
from explorer.pipeline.distilled import DistilledSet, Row
from explorer.pipeline.published import SOURCE, published_for
from explorer.pipeline.side_by_side import differing_settings, lay_side_by_side
from explorer.ui import settings
from explorer.ui.service import Service


def make_routes(service: Service, at: Callable[..., APIRoute]) -> list[APIRoute]:
    """The routes; `at` makes a guarded one."""
    runs = service.runs

    def lines() -> list[dict[str, Any]]:
        return [line.as_json() for line in compare(runs.list_runs("distill", "sweep"))]

    def differences(run: Annotated[list[str], Query()]) -> list[dict[str, Any]]:
        differing = differing_settings([runs.open(each).job().config for each in run])
        return [
            {"setting": settings.called(name), "values": values}
            for name, values in differing.items()
        ]

    def published() -> dict[str, Any]:
        finished = [run.job.config for run in runs.list_runs() if run.result]
        rows = next(filter(None, map(published_for, finished)), [])
        return {"source": SOURCE, "rows": [row._asdict() for row in rows]}

    def sets(first: str, second: str, by: str = "number") -> list[dict[str, Any]]:
        beside = lay_side_by_side(finished_set(first), finished_set(second), by)
        return [
            {"first": _row(each.first), "second": _row(each.second), "likeness": each.likeness}
            for each in beside
        ]

    def finished_set(run_id: str) -> DistilledSet:
        run = runs.open(run_id)
        if run.result() is None or not run.set_folder.is_dir():
            raise MissingDataError(f"Run {run_id} has no finished set to compare.")
        return DistilledSet(run.set_folder)

    return [
        at("/comparison", lines),
        at("/comparison/settings", differences),
        at("/comparison/sets", sets),
        at("/comparison/published", published),
    ]


def _row(row: Row | None) -> dict[str, Any] | None:
    return row and row._asdict()
