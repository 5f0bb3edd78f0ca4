"""A run that nothing interrupts, for others to be compared with."""

import logging
from pathlib import Path

from explorer.runs.directory import Job, RunDirectory
from explorer.runs.worker import work_on


def left_alone(cache: Path, job: Job) -> RunDirectory:
    """Does it in this process, which has loaded all that a child would have to load."""
    run = RunDirectory(cache / "runs" / "left-alone")
    run.create(job)
    handlers = logging.root.handlers[:]
    work_on(run.folder, cache)
    logging.root.handlers[:] = handlers  # a child would have a log of its own
    assert run.status().state == "done", run.status()
    return run
