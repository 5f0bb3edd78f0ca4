"""What a sweep has scored so far: its table, and its lines of recall against pairs."""

import json
from typing import NamedTuple

from explorer.pipeline.comparison import Line, compare
from explorer.pipeline.rundir import RunDirectory
from explorer.pipeline.runs import RunInfo
from explorer.pipeline.tables import Row, Scored, summarize


class Swept(NamedTuple):
    rows: list[Row]
    lines: list[Line]


def read_swept(run: RunDirectory) -> Swept:
    """The table and the lines of a sweep that may still be going on."""
    path, job = run.sweep_folder / "scores.json", run.job()
    scores = json.loads(path.read_bytes())["scores"] if path.exists() else []
    rows = summarize([Scored(**each) for each in scores], job.sweep)
    return Swept(rows, compare([RunInfo(run.id, job, run.status(), {"sets": scores})]))
