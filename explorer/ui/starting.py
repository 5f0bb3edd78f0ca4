"""Runs that visitors start, each within what the server lets one of them do at a time."""

import threading

from explorer.runs.directory import ALIVE, Job
from explorer.runs.launcher import Runs
from explorer.ui.access import Access


class Starting:
    """Starts runs and remembers who did; `by` is a visitor, as `visitor_of` tells."""

    def __init__(self, runs: Runs, access: Access) -> None:
        self._runs, self._access = runs, access
        self._lock = threading.Lock()
        self._started_by: dict[str, str] = {}  # visitors, by the runs of theirs that go or wait

    def start(self, job: Job, by: str, n_sets: int = 1, size: int = 1) -> str:
        """Starts a job, or joins the same preparation under way; returns the run's id.

        Raises:
            ConfigError: The visitor has too many runs, or it makes too many sets, or too large.
        """
        with self._lock:
            self._require_room(by, n_sets, size)
            run_id = self._runs.start(job)
            self._started_by.setdefault(run_id, by)  # who joins a preparation did not start it
            return run_id

    def resume(self, run_id: str, by: str) -> None:
        """Goes on with a run that stopped, whoever started it."""
        with self._lock:
            self._require_room(by)
            self._runs.resume(run_id)
            self._started_by[run_id] = by

    def goes(self, run_id: str, by: str) -> bool:
        """Whether a run goes or waits that this visitor started since the program began."""
        with self._lock:
            own = self._started_by.get(run_id) == by
        return own and self._runs.status(run_id).state in ALIVE

    def _require_room(self, by: str, n_sets: int = 1, size: int = 1) -> None:
        alive = {run.id for run in self._runs.queue()}
        self._started_by = {run: who for run, who in self._started_by.items() if run in alive}
        n_own = list(self._started_by.values()).count(by)
        self._access.require_room(len(alive), n_own, n_sets, size)
