"""A run is a directory and a child process: started, watched, cancelled and resumed from here.

Nothing is kept in memory except the children to reap, so a restarted page finds every run again.
"""

import logging
import os
import re
import secrets
import shutil
import signal
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from explorer.errors import BadDataError, ConfigError, MissingDataError
from explorer.models.forked import Process, start_python
from explorer.models.lent import is_lent
from explorer.runs.directory import (
    ALIVE,
    OVER,
    WAITING,
    Event,
    Job,
    Label,
    Outcome,
    RunDirectory,
    Status,
    list_jobs,
)
from explorer.runs.judged import Judged, read_judged
from explorer.runs.outcome import checked
from explorer.runs.slices import work_in_slices
from explorer.settings import is_text

log = logging.getLogger(__name__)

PROGRAM = ("-m", "explorer")
LONGEST_NAME, LONGEST_NOTE = 80, 1000  # characters
_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,99}", re.ASCII)
_LONGEST = 20.0  # seconds that a run gets to say which process it is, or to end elsewhere
_PATIENCE = 0.6  # seconds that a cancelled process gets to end by itself


class RunInfo(NamedTuple):
    """One row of the table of runs."""

    id: str
    job: Job
    status: Status
    result: Outcome | None  # once the run is done
    label: Label = Label()
    judged: Sequence[Judged] = ()  # what a referee found, once it is done


class Runs:
    """The runs of one cache folder."""

    def __init__(self, cache: Path | str, program: Sequence[str] = PROGRAM) -> None:
        """`program` is what stands behind `python`; it takes `run` and a run directory."""
        self._program = program
        self.cache = Path(cache).absolute()
        self.folder = self.cache / "runs"
        self._children: dict[str, Process] = {}
        self._guard = threading.Lock()

    def start(self, job: Job) -> str:
        """Starts a run and returns its id; a preparation under way is joined, not repeated."""
        with self._guard:
            if job.kind == "prepare" and (twin := self._running_twin(job)):
                return twin
            run = RunDirectory(self.folder / _new_id())
            run.create(job)
            self._begin(run, job)
            return run.id

    def resume(self, run_id: str) -> None:
        """Goes on with a run that was cancelled, failed or crashed."""
        run = self.open(run_id)
        with self._guard:
            state = info_of(run, run.job()).status.state
            if state == "done" or state in ALIVE:
                raise ConfigError(f"Run {run_id} is {state}; only a run that stopped can go on.")
            self._begin(run, run.job())

    def cancel(self, run_id: str) -> None:
        """Stops a run; when this returns its state is "cancelled" and it can be resumed."""
        run = self.open(run_id)
        if run.status().state not in ALIVE:
            return
        child = self._children.get(run_id)
        _stop(run, child.pid if child else 0)
        status = run.written_status()
        if status.state in ALIVE:
            run.write_status(status._replace(state="cancelled", text="Cancelled; it can go on."))
        self._reap()

    def delete(self, run_id: str) -> None:
        """Removes a run that is over, with its set and its result."""
        run = self.open(run_id)
        if run.status().state in ALIVE:
            raise ConfigError(f"Run {run_id} is still going; cancel it first.")
        if any(run_id in other.job.referee.runs for other in self.queue()):
            raise ConfigError(f"The set of run {run_id} is before a referee; cancel that first.")
        shutil.rmtree(run.folder)

    def label(self, run_id: str, label: Label) -> None:
        """Writes a name and a note on a run; the name is one line."""
        if not (is_text(label.name) and is_text(label.note)):
            raise ConfigError("A name and a note must be texts in Unicode.")
        name, note = " ".join(label.name.split()), label.note.strip()
        if len(name) > LONGEST_NAME or len(note) > LONGEST_NOTE:
            raise ConfigError(
                f"A name has at most {LONGEST_NAME} characters and a note {LONGEST_NOTE:,}; these "
                f"have {len(name):,} and {len(note):,}."
            )
        run = self.open(run_id)
        with self._guard:
            run.write_label(Label(name, note))

    def open(self, run_id: str) -> RunDirectory:
        """A run by its id; `MissingDataError` where there is none."""
        if not _ID.fullmatch(run_id) or not (self.folder / run_id / "config.json").is_file():
            raise MissingDataError(f"There is no run {run_id!r}.")
        return RunDirectory(self.folder / run_id)

    def finished(self, run_id: str) -> RunDirectory:
        """A run whose set is whole; `MissingDataError` of any other."""
        run = self.open(run_id)
        if run.result() is None or not run.set_folder.is_dir():
            raise MissingDataError(f"Run {run_id} has no finished set to compare.")
        return run

    def info(self, run_id: str) -> RunInfo:
        """What the table says of a run."""
        self._reap()
        run = self.open(run_id)
        return info_of(run, run.job())

    def status(self, run_id: str) -> Status:
        self._reap()
        return self.open(run_id).status()

    def read_events(self, run_id: str, offset: int = 0) -> tuple[list[Event], int]:
        """Events from a byte offset on, whole lines only, and the offset to ask for next."""
        return self.open(run_id).read_events(offset)

    def list_runs(self, *kinds: str) -> list[RunInfo]:
        """All runs of these kinds, of "distill" where none is named, newest first."""
        self._reap()
        wanted = kinds or ("distill",)
        runs = [(run, job) for run, job in list_jobs(self.folder) if job.kind in wanted]
        return [info_of(run, job) for run, job in reversed(runs)]

    def queue(self) -> list[RunInfo]:
        """Runs of every kind that are going or wait, in the order in which they get the device."""
        self._reap()
        runs = [info_of(run, job) for run, job in list_jobs(self.folder)]
        alive = [run for run in runs if run.status.state in ALIVE]
        return sorted(alive, key=lambda run: (run.status.state != "running", run.status.queued_at))

    def _running_twin(self, job: Job) -> str | None:
        for run, other in list_jobs(self.folder):
            if other == job and run.status().state in ALIVE:
                return run.id
        return None

    def _begin(self, run: RunDirectory, job: Job) -> None:
        if job.by_workers:
            _begin_status(run, WAITING, "Waiting for a worker")
        elif is_lent():
            self._do_here(run)
        else:
            self._launch(run)

    def _launch(self, run: RunDirectory) -> None:
        """Starts the child, which inherits the lock: the run is never seen without an owner."""
        lock = run.lock()
        if lock is None:
            raise ConfigError(f"Run {run.id} is already going.")
        _begin_status(run, "starting", "Starting")
        options = ["--cache", str(self.cache), "--lock-fd"]  # whose number comes last
        command = [*self._program, "run", str(run.folder), *options]
        with lock, run.log_path.open("ab") as out:
            self._children[run.id] = start_python(command, lock.fileno(), out.fileno())

    def _do_here(self, run: RunDirectory) -> None:
        """Has a thread do it, slice by slice: no other process would be lent a GPU."""
        claim = run.claim()
        if claim is None:
            raise ConfigError(f"Run {run.id} is already going.")
        _begin_status(run, "starting", "Starting")
        threading.Thread(target=work_in_slices, args=(run, claim, self.cache), daemon=True).start()

    def _reap(self) -> None:
        """Collects children that ended, so that none stays behind as a zombie."""
        for run_id, child in list(self._children.items()):
            if child.poll() is not None:
                self._children.pop(run_id, None)


def _begin_status(run: RunDirectory, state: str, text: str) -> None:
    cost = run.written_status().cost  # of earlier attempts
    run.write_status(Status(state, text=text, queued_at=time.time(), cost=cost))


def info_of(run: RunDirectory, job: Job) -> RunInfo:
    """A run whose result is damaged has failed: it can go on, and writes another."""
    status = run.status()
    try:
        result = checked(run.result(), job)
        judged = read_judged(run.referee_folder) if job.kind == "referee" else []
    except BadDataError as error:
        log.warning("%s: %s", run.id, error)
        failed = status._replace(state="failed", text=f"{error} Resume the run to make it again.")
        return RunInfo(run.id, job, failed if status.state in OVER else status, None, run.label())
    return RunInfo(
        run.id, job, status, result, run.label(), judged if status.state == "done" else ()
    )


def _stop(run: RunDirectory, child: int) -> None:
    """Asks the run's process to end, then ends it; a kill at any moment loses nothing.

    One on another machine is asked only, and takes a moment.
    """
    start = time.monotonic()
    if run.is_elsewhere():
        run.ask_to_end()
        while run.is_alive():
            if time.monotonic() > start + _LONGEST:
                raise ConfigError(f"Run {run.id} on another machine was asked to end; look later.")
            time.sleep(0.2)
        return
    if is_lent():  # there may be no process yet, and it may serve others next
        run.ask_to_end()
    deadline = start + _PATIENCE
    asked = False
    while run.is_alive():
        if time.monotonic() > start + _LONGEST:
            if is_lent():
                raise ConfigError(f"Run {run.id} waits for a GPU and ends in its turn; look later.")
            raise ConfigError(f"Run {run.id} does not end, and does not say which process it is.")
        pid = child or run.written_status().pid  # 0 until the process has said who it is
        if pid > 1 and not asked:  # a damaged status may say anything; -1 would mean every process
            _signal(pid, signal.SIGTERM)
            asked = True
        elif pid > 1 and time.monotonic() > deadline:
            _signal(pid, signal.SIGKILL)
        time.sleep(0.02)


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # it may have ended between the two looks
        os.kill(pid, number)


def _new_id() -> str:
    """Sorts by time; the random end keeps two runs of one moment apart."""
    milliseconds = time.time_ns() // 1_000_000
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(milliseconds // 1000))
    return f"{stamp}-{milliseconds % 1000:03d}-{secrets.token_hex(2)}"
