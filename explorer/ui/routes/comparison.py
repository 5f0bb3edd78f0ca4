"""Routes that compare runs: recall, settings that differ, sets pair by pair, published figures."""

from collections.abc import Callable
from typing import Annotated, cast

from fastapi import Query
from fastapi.routing import APIRoute

from explorer.compare.lines import compare
from explorer.compare.literature import SOURCE, published_for
from explorer.compare.side_by_side import differing_settings, lay_side_by_side
from explorer.runs.outcome import as_seen
from explorer.sets.folder import DistilledSet, Row
from explorer.ui import wire
from explorer.ui.forms import settings
from explorer.ui.service import Service

MOST_RUNS = 100
"""That are laid beside each other at once."""


def make_routes(service: Service, at: Callable[..., APIRoute]) -> list[APIRoute]:
    """The routes; `at` makes a guarded one."""
    runs = service.runs

    def lines() -> list[wire.Line]:
        return compare(runs.list_runs("distill", "sweep"))

    def differences(run: Annotated[list[str], Query()]) -> list[wire.Difference]:
        infos = map(runs.info, run[:MOST_RUNS])
        differing = differing_settings([as_seen(e.job.config, e.result or {}) for e in infos])
        return [
            {"setting": settings.called(name), "values": values}
            for name, values in differing.items()
        ]

    def published() -> wire.Published:
        finished = [run.job.config for run in runs.list_runs() if run.result]
        rows = next(filter(None, map(published_for, finished)), [])
        return {"source": SOURCE, "rows": rows}

    def sets(first: str, second: str, by: str = "number") -> list[wire.Beside]:
        beside = lay_side_by_side(finished_set(first), finished_set(second), by)
        return [
            {"first": _row(each.first), "second": _row(each.second), "likeness": each.likeness}
            for each in beside
        ]

    def finished_set(run_id: str) -> DistilledSet:
        return DistilledSet(runs.finished(run_id).set_folder)

    return [
        at("/comparison", lines),
        at("/comparison/settings", differences),
        at("/comparison/sets", sets),
        at("/comparison/published", published),
    ]


def _row(row: Row | None) -> wire.SetRow | None:
    return cast(wire.SetRow, row._asdict()) if row else None
