"""What lists say of runs, and which runs are on the data of a map."""

from collections.abc import Callable
from typing import Literal, cast

from explorer.explore.dataset import Prepared
from explorer.runs.about import about_run
from explorer.runs.directory import RunDirectory
from explorer.runs.launcher import RunInfo
from explorer.ui import wire
from explorer.ui.service import Service


def named(run: RunInfo) -> wire.RunName:
    """What every list says of a run."""
    return {
        "id": run.id,
        "kind": cast(Literal["prepare", "distill", "sweep", "referee"], run.job.kind),
        "about": about_run(run.job),
        "config": cast(wire.Config, run.job.config.as_json()),
        "sweep": cast(wire.SweepPlan, run.job.sweep.as_json()),
        "label": {"name": run.label.name, "note": run.label.note},
    }


def runs_on(
    service: Service, prepared: Prepared, has: Callable[[RunDirectory], bool]
) -> list[wire.RunOnMap]:
    """The runs on these data that have something, newest first."""
    return [
        {**named(run), "result": {"n_pairs": n_pairs} if n_pairs else None}
        for run in service.runs.list_runs("distill")
        if run.job.config.data == prepared.config.data and has(service.runs.open(run.id))
        for n_pairs in [(run.result or {}).get("n_pairs")]
    ]
