"""A run where a GPU is lent for seconds at a time: the page's process has it done slice by slice.

What a slice leaves is what an interruption leaves, and the next one goes on from there.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

from explorer.data.open import open_dataset
from explorer.errors import TOLD, ConfigError, MissingDataError
from explorer.models.lent import CutShort, lend, seconds_to_ask
from explorer.runs.about import STAGES
from explorer.runs.directory import Job, RunDirectory, Status
from explorer.runs.estimate import estimate, estimate_sweep
from explorer.runs.worker import (
    GOES_ON,
    WAS_CUT,
    RunWatcher,
    guarded,
    wait_for_turn,
    work_within,
)
from explorer.store.claims import Claim
from explorer.store.store import Store

MOST_IN_VAIN = 5
"""Slices in a row that may end amid something and no further than one before them."""
_FURTHER = 0.01
"""Share of a stage that counts as further."""


def work_in_slices(run: RunDirectory, claim: Claim, cache: Path) -> None:
    """Does a run that this process has claimed; however it ends, the run directory says so."""
    with claim:
        job, before = run.job(), run.written_status()
        run.write_status(Status("queued", queued_at=before.queued_at, cost=before.cost))
        headway = _Headway()
        code = _told(run, partial(wait_for_turn, run, job)) or GOES_ON
        while code in (GOES_ON, WAS_CUT):
            error: MissingDataError | None = None
            try:
                seconds = seconds_to_ask(_left(job, Store(cache)))
                (code,) = lend(seconds, _slice, run.folder, cache, seconds)
            except MissingDataError as error_of_slice:
                code, error = WAS_CUT, error_of_slice
            if code in (GOES_ON, WAS_CUT):
                code = _told(run, partial(headway.require, run, code, error)) or code


def _slice(folder: Path, cache: Path, seconds: float) -> Iterator[int]:
    yield work_within(folder, cache, seconds)


def _told(run: RunDirectory, work: Callable[[RunWatcher], None]) -> int:
    """Does what needs no GPU; in between nobody is to be ended, so there is no process to name."""
    status = run.written_status()._replace(pid=0)
    run.write_status(status)
    with closing(RunWatcher(run, status)) as watcher:
        return guarded(watcher, partial(work, watcher))


def _left(job: Job, store: Store) -> float | None:
    """Seconds that the run will take, as far as that can be told; a slice says what is wrong."""
    with suppress(*TOLD):
        dataset = open_dataset(job.config.data)
        if job.kind == "sweep":
            return estimate_sweep(store, job.config, job.sweep, dataset, job.device).seconds
        if job.kind == "distill":
            return estimate(store, job.config, dataset, job.device).seconds
    return None


class _Headway:
    """Whether slices get on."""

    def __init__(self) -> None:
        self._furthest, self._in_vain = 0.0, 0

    def require(
        self, run: RunDirectory, code: int, error: MissingDataError | None, watcher: RunWatcher
    ) -> None:
        """Raises what ends the run after a slice of it.

        Raises:
            KeyboardInterrupt: Somebody asked it to end.
            NotLent: There was no GPU.
            ConfigError: What there is to do until the next checkpoint does not fit into a slice.
        """
        if run.must_end():
            raise KeyboardInterrupt
        if error and not isinstance(error, CutShort):
            raise error
        if error:
            watcher.say("run", str(error))
        status = run.written_status()
        place = [*STAGES].index(status.stage) + status.share if status.stage in STAGES else 0.0
        if code == GOES_ON or place > self._furthest + _FURTHER:
            self._furthest, self._in_vain = max(place, self._furthest), 0
            return
        self._in_vain += 1
        if self._in_vain >= MOST_IN_VAIN:
            raise ConfigError(
                f"{MOST_IN_VAIN} slices of {seconds_to_ask(None)} s in a row came no further than "
                "one before; set EXPLORER_GPU_SECONDS to more, or choose less work."
            )
