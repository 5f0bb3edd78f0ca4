"""`worker`: takes runs that wait, and sets of sweeps that go, from a cache that machines share."""

import argparse
import time
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from explorer.commands.options import add_cache, add_command, add_device
from explorer.commands.terminal import Terminal, answer
from explorer.engine.engine import find_engine
from explorer.errors import TOLD, MissingDataError, sentence
from explorer.runs.directory import ALIVE, WAITING, Job, RunDirectory, list_jobs
from explorer.runs.opening import open_run
from explorer.runs.sweep import help_with
from explorer.runs.worker import work_on
from explorer.store.store import Store

MOST_CRASHES = 3
"""Processes that a run may end without a word before workers leave it alone."""
_ASK_AGAIN = 2.0  # seconds between two looks for work
_OPEN_AGAIN = 60.0  # seconds until a sweep of which no set was free is opened again


def add(commands: Any) -> None:
    """Adds the command; any number of them may work on one cache."""
    about = "do what waits in a cache, such as the sets of a sweep; one on each machine"
    each = add_command(commands, "worker", _worker, about, unused=("--bundle",))
    add_cache(each, "where runs and results are")
    add_device(each, device="", engine="")
    about = "stay when nothing is left, and look again every few seconds"
    each.add_argument("--wait", action="store_true", help=about)


def _worker(options: argparse.Namespace) -> int:
    find_engine(options.engine or "here")  # a name that is none is told now
    if not options.cache.is_dir():
        raise MissingDataError(f"There is no folder {options.cache}; name the cache of the page.")
    worker = _Worker(options)
    while worker.take_what_is_free() or options.wait:
        time.sleep(0 if worker.did_something else _ASK_AGAIN)
    told = f"Nothing is left: {len(worker.runs):,} runs and {worker.n_sets:,} sets of others done."
    return answer(options, told, {"runs": worker.runs, "sets": worker.n_sets})


class _Worker:
    """Does one thing after the other, and counts."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._cache, self._device, self._engine = options.cache, options.device, options.engine
        self.runs: list[str] = []
        self.n_sets = 0
        self.did_something = False
        self._busy: dict[str, float] = {}

    def take_what_is_free(self) -> bool:
        """Does what nobody else does now; whether there was anything."""
        before = (len(self.runs), self.n_sets)
        for run, job in _open_jobs(self._cache):
            if not run.is_alive():
                self._own(run, job)
            elif job.kind == "sweep":
                self._help(run, job)
        self.did_something = before != (len(self.runs), self.n_sets)
        return self.did_something

    def _own(self, run: RunDirectory, job: Job) -> None:
        print(f"{job.title}: begun", flush=True)
        with run.log_path.open("a") as log, redirect_stdout(log):
            code = work_on(
                run.folder,
                self._cache,
                device=self._device,
                engine=self._engine,
                most_crashes=MOST_CRASHES,
            )
        if code is not None:
            self.runs.append(run.id)
            print(f"{job.title}: {run.written_status().text}", flush=True)
        if code == 130:
            raise KeyboardInterrupt

    def _help(self, run: RunDirectory, job: Job) -> None:
        if time.monotonic() < self._busy.get(run.id, 0.0):
            return
        device, engine = self._device or job.device, find_engine(self._engine or job.engine)
        with Terminal() as to:
            try:
                opened = open_run(Store(self._cache), job.config, device, to, "sweep", engine)
                n = help_with(opened, job.config, job.sweep, run.sweep_folder)
            except TOLD as error:  # the run's own process meets it, too, and says so in the page
                to.say("sweep", f"{job.title}: {sentence(error, with_names=True)}")
                return
        self._busy[run.id] = time.monotonic() + _OPEN_AGAIN
        if n:
            self.n_sets += n
            print(f"{job.title}: made {n:,} sets", flush=True)


def _open_jobs(cache: Path) -> Iterator[tuple[RunDirectory, Job]]:
    """Runs that were left to workers and are not over, and sweeps that go; oldest first."""
    for run, job in list_jobs(cache / "runs"):
        state = run.status().state
        left = job.by_workers and state in (WAITING, "crashed")
        if left or (job.kind == "sweep" and state in ALIVE):
            yield run, job
