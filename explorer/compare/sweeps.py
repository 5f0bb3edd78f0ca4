"""What a sweep has scored so far: its table, and its lines of recall against pairs."""

from dataclasses import dataclass

from explorer.compare.effects import Combination, Effect, Size, combinations, effects, sizes
from explorer.compare.lines import Line, compare
from explorer.errors import BadDataError
from explorer.runs.config import task_of_run
from explorer.runs.directory import RunDirectory
from explorer.runs.launcher import RunInfo
from explorer.runs.outcome import checked
from explorer.runs.tables import Scored, SweepRow, summarize
from explorer.store.reading import read_object


@dataclass(frozen=True)
class Sweep:
    """What is shown of a sweep."""

    rows: list[SweepRow]
    lines: list[Line]
    effects: list[Effect]
    sizes: list[Size]
    combinations: list[Combination]


def read_swept(run: RunDirectory) -> Sweep:
    """The table and the lines of a sweep that may still be going on."""
    path, job = run.sweep_folder / "scores.json", run.job()
    written = read_object(path) if path.exists() else {"scores": []}
    task = task_of_run(job.config)
    try:
        scored = [Scored.from_json(each, task) for each in written["scores"]]
        scores = [each._asdict() for each in scored]
        checked({"sets": scores}, job)
        rows = summarize(scored, job.sweep, task)
    except (KeyError, TypeError, AttributeError, ValueError, IndexError, BadDataError) as error:
        raise BadDataError(
            f"The scores of run {run.id} are damaged: {error}. Delete its scores.json and resume "
            "the run to score its sets again."
        ) from error
    lines = compare([RunInfo(run.id, job, run.status(), {"sets": scores})])
    return Sweep(rows, lines, effects(scored), sizes(scored), combinations(scored))
