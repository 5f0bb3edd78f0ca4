"""Much work as one stage: how much is done, what is going, and how long the rest will take."""

import time

from explorer.progress import Emit, Report, Watcher, duration, ignore, within

_SHARES = {
    "embed": (0.0, 0.1),
    "prototypes": (0.1, 0.2),
    "features": (0.1, 0.15),
    "experts": (0.15, 0.3),
    "choose": (0.1, 0.2),
    "synthesize": (0.2, 0.6),
}
"""Where the stages of a set lie in its share of the work; about as long as they take."""
_LAST = (0.6, 1.0)


class Telling:
    """Makes one stage of all the stages of many things, with the time left for all."""

    def __init__(self, watcher: Watcher, stage: str, what: str, n: int, already: int = 0) -> None:
        """`what` they are is told before their number, `n`; so many are done `already`."""
        self._watcher, self._stage, self._report = watcher, stage, watcher.report(stage)
        self._what, self._n, self._n_done, self._name = what, n, already, ""
        self._begun = self._later = time.monotonic(), already
        self._said: set[str] = set()

    def begin(self, name: str) -> None:
        """Says that what comes is about the one of this name."""
        self._name = name

    def end(self, n_done: int) -> None:
        """Says how many are done."""
        if n_done == self._n_done:
            return
        if self._later == self._begun:  # the first alone computes what all share
            self._later = time.monotonic(), n_done
        self._n_done = n_done
        self._report(self._n_done / self._n, f"{self._what}: {self._count()}")

    def report(self, stage: str) -> Report:
        def report(share: float, text: str) -> None:
            done = (self._n_done + share) / self._n
            self._report(done, f"{self._what}: {self._count()} · {self._name}: {text}")

        return within(report, *_SHARES.get(stage, _LAST))

    def emit(self, stage: str) -> Emit:
        return ignore  # the curves and the images of hundreds would be too many to watch

    def say(self, stage: str, text: str) -> None:
        """Passes on what was not said of an earlier one."""
        if text not in self._said:
            self._said.add(text)
            self._watcher.say(self._stage, text)

    def _count(self) -> str:
        """How many are done, and as soon as one was measured, how long the others will take."""
        count = f"{self._n_done:,} of {self._n:,}"
        start, before = self._later if self._n_done > self._later[1] else self._begun
        if self._n_done == before:
            return count
        each = (time.monotonic() - start) / (self._n_done - before)
        return f"{count}, {duration((self._n - self._n_done) * each)} left"
