"""The process of a run: waits for its turn, works, and says in the run directory how it goes."""

import logging
import math
import os
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import closing, redirect_stdout, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from explorer.engine.engine import find_engine
from explorer.errors import TOLD, ConfigError, sentence
from explorer.models.bundles import bundle_advice
from explorer.progress import Emit, Measured, Report, Throttle, TimeIsUp
from explorer.runs.candidates import candidates
from explorer.runs.config import bundle_of, method_of, task_of_run
from explorer.runs.directory import (
    ALIVE,
    OVER,
    Cost,
    EventLog,
    Job,
    Outcome,
    RunDirectory,
    Status,
    list_jobs,
)
from explorer.runs.distill import make_and_score, prepare
from explorer.runs.estimate import estimate, memory_key
from explorer.runs.memory import peak_memory
from explorer.runs.opening import open_run
from explorer.runs.referee import STAGE, referee
from explorer.runs.sweep import sweep
from explorer.store.claims import locked
from explorer.store.store import Store

_STATUS_EVERY = 0.2  # seconds between two writes of status.json
_EVENT_EVERY = 1.0  # seconds between two progress events of a stage
_ASK_AGAIN = 0.3  # seconds between two looks whether it is our turn
GOES_ON, WAS_CUT = 3, 4
"""How a slice ends after which there is more to do: at a state that is kept, or amid something."""
_LAST_STATE, _LAST_REPORT = 0.85, 0.95
"""Shares of its seconds after which a slice ends with the next state, and with the next report."""


class RunWatcher:
    """Tells a run directory what happens."""

    def __init__(self, run: RunDirectory, status: Status, until: float = math.inf) -> None:
        """`until` is when reports end the work, by the monotonic clock."""
        self._run, self._status, self._until = run, status, until
        self._events = EventLog(run.folder / "events.jsonl")
        self._often, self._seldom = Throttle(_STATUS_EVERY), Throttle(_EVENT_EVERY)
        self._seconds = dict(status.cost.timing)
        self._booked = time.monotonic()

    def report(self, stage: str) -> Report:
        self._book()
        self._status = self._status._replace(stage=stage, share=0.0)

        def report(share: float, text: str) -> None:
            self._status = self._status._replace(stage=stage, share=share, text=text)
            if self._often.lets(text):
                self._write()
                if self._run.must_end():
                    raise KeyboardInterrupt
                if time.monotonic() > self._until:
                    raise TimeIsUp
            if self._seldom.lets(text):
                self._events.write(stage, "progress", {"share": share, "text": text})

        return report

    def emit(self, stage: str) -> Emit:
        def emit(kind: str, values: Mapping[str, Any]) -> None:
            self._events.write(stage, kind, values)

        return emit

    def say(self, stage: str, text: str) -> None:
        self._events.write(stage, "log", {"text": text})
        print(f"{time.strftime('%H:%M:%S')} {stage}: {text}", flush=True)

    def state(self, state: str, text: str) -> None:
        """Moves the run to another state, and says so at once."""
        status = self._status
        started = status.started_at or (time.time() if state == "running" else 0.0)
        share = 1.0 if state == "done" else status.share
        self._status = status._replace(state=state, text=text, started_at=started, share=share)
        self._write()
        self.say(status.stage or "run", text)

    def advise(self, advice: str) -> None:
        self._status = self._status._replace(advice=advice)
        self.say("run", advice)

    def close(self) -> None:
        self._events.close()

    def cost(self) -> Cost:
        """What the run has cost so far, earlier attempts included."""
        self._book()
        timing = {stage: round(seconds, 2) for stage, seconds in self._seconds.items()}
        return Cost(timing, max(self._status.cost.peak_memory, peak_memory()))

    def _write(self) -> None:
        self._status = self._status._replace(cost=self.cost())
        self._run.write_status(self._status)

    def _book(self) -> None:
        """Books the time since the last call on the stage that was going."""
        now, stage = time.monotonic(), self._status.stage
        if stage:
            self._seconds[stage] = self._seconds.get(stage, 0.0) + now - self._booked
        self._booked = now


def work_on(
    folder: Path,
    cache: Path,
    lock_fd: int | None = None,
    device: str = "",
    engine: str = "",
    most_crashes: int = 0,
) -> int | None:
    """Does what a run directory asks for; returns the process's exit code.

    Args:
        folder: The run directory.
        cache: Where results are kept.
        lock_fd: The run's lock, where whoever started this process took it.
        device: Where the networks run, instead of what the run asks for.
        engine: What divides the work, instead of what the run asks for.
        most_crashes: Of a worker, which waits for no turn: how many processes the run may have
            ended without a word. 0 for a process of its own.

    Returns:
        None where a worker came too late: somebody else does it.

    Raises:
        ConfigError: Somebody else does it.
    """
    run = RunDirectory(folder)
    job = run.job()
    job = replace(job, device=device or job.device, engine=engine or job.engine)
    claim = run.claim(None if lock_fd is None else os.fdopen(lock_fd, "a+b"))
    if claim is None and most_crashes:
        return None
    if claim is None:
        raise ConfigError(f"Run {run.id} is already going.")
    with claim:
        logging.basicConfig(level=logging.WARNING, stream=sys.stdout, force=True)
        before = run.written_status()
        if most_crashes and before.state in OVER:
            return None
        crashes = run.count_crash() if before.state in ("queued", "running") else 0
        queued_at = before.queued_at or time.time()
        status = Status("queued", pid=os.getpid(), queued_at=queued_at, cost=before.cost)
        run.write_status(status)
        with closing(RunWatcher(run, status)) as watcher:
            if most_crashes and crashes >= most_crashes:
                text = f"It ended {crashes} processes without a word; see the log."
                watcher.state("failed", text)
                return 1

            def whole() -> None:
                if most_crashes:
                    watcher.state("running", "Started")
                else:
                    wait_for_turn(run, job, watcher)
                _work(run, job, Store(cache), watcher)
                watcher.state("done", "Done")

            return guarded(watcher, whole)


def work_within(folder: Path, cache: Path, seconds: float) -> int:
    """Goes on with a run that another process has claimed, for so long; returns an exit code.

    It has its turn already. Where there is more to do the code is `GOES_ON` or `WAS_CUT`.
    """
    start, run = time.monotonic(), RunDirectory(folder)
    job = replace(run.job(), engine="here")  # a process that is lent a GPU may start no other
    status = run.written_status()._replace(pid=os.getpid())
    run.write_status(status)
    ends = start + _LAST_STATE * seconds, start + _LAST_REPORT * seconds
    with (
        run.log_path.open("a") as log,
        redirect_stdout(log),
        closing(RunWatcher(run, status, ends[1])) as watcher,
    ):

        def slice_of_it() -> None:
            _work(run, job, Store(cache), watcher, until=ends[0])
            watcher.state("done", "Done")

        return guarded(watcher, slice_of_it)


def guarded(watcher: RunWatcher, work: Callable[[], None]) -> int:
    """Works, and however it ends, the run directory says so; returns an exit code."""
    try:
        work()
    except TimeIsUp as end:
        return GOES_ON if end.kept else WAS_CUT
    except KeyboardInterrupt:
        watcher.state("cancelled", "Cancelled; it can go on.")
        return 130
    except TOLD as error:
        watcher.state("failed", sentence(error, with_names=True))
        return 2
    except Exception as error:  # the edge of the process: whatever it is, the page must hear of it
        traceback.print_exc(file=sys.stdout)
        watcher.state("failed", f"{type(error).__name__}: {error}")
        return 1
    return 0


def wait_for_turn(run: RunDirectory, job: Job, watcher: RunWatcher) -> None:
    """Returns when no run that came first is left on the device; the state is then "running"."""
    said, queued_at = "", run.written_status().queued_at
    while True:
        with locked(run.folder.parent / "queue.lock"):  # look and move must be one step
            first = _who_is_first(run, job, queued_at)
            if not first:
                watcher.state("running", "Started")
                return
        if first != said:
            watcher.state("queued", f"Queued behind {first}")
            said = first
        if run.must_end():
            raise KeyboardInterrupt
        time.sleep(_ASK_AGAIN)


def _who_is_first(run: RunDirectory, job: Job, queued_at: float) -> str:
    """What has the device or asked for it earlier, in a few words; or ""."""
    for other, its_job in list_jobs(run.folder.parent):
        if other.id == run.id or its_job.device != job.device or its_job.by_workers:
            continue
        status = other.status()
        earlier = (status.queued_at, other.id) < (queued_at, run.id)
        comes_first = status.state in ALIVE and (status.state == "running" or earlier)
        if comes_first and not other.is_elsewhere():
            return other.called()
    return ""


def _work(
    run: RunDirectory, job: Job, store: Store, watcher: RunWatcher, until: float = math.inf
) -> None:
    config, engine = job.config, find_engine(job.engine)
    uses_models = job.kind == "prepare" or task_of_run(config).embeds
    uses_models |= method_of(config).models_of_classes
    if uses_models and (advice := bundle_advice(config.data, bundle_of(config))):
        watcher.advise(advice)
    stage = {"prepare": "embed", "sweep": "sweep", "referee": STAGE}.get(job.kind, "")
    opened = open_run(store, config, job.device, watcher, stage, engine, until)
    if job.kind == "distill" and not run.expected():
        with suppress(*TOLD):  # the run itself says what is wrong
            found = estimate(store, config, opened.dataset, job.device)
            run.write_expected(found.by_stage)
    if job.kind == "prepare":
        result: Outcome = prepare(opened, config, job.map_config, job.spaces)
    elif job.kind == "sweep":
        result = sweep(opened, config, job.sweep, run.sweep_folder)
    elif job.kind == "referee":
        sets = candidates([run.folder.parent / each for each in job.referee.runs])
        referee(opened, config, sets, job.referee, run.referee_folder)
        result = {}
    else:
        kept = run.checkpoints_folder, run.items_path
        result = make_and_score(opened, config, run.set_folder, *kept)
    cost = watcher.cost()
    if job.kind == "distill":  # a sweep's is that of its hungriest method
        peak = Measured(cost.peak_memory, 1)
        store.rates.note("memory", memory_key(config, job.device), peak)
    run.write_result({**result, **cost.as_json()})
