"""Turns counts into one line with a rate and the time left."""

import time
from collections.abc import Callable

from explorer.types import Report


class Progress:
    """Counts one kind of thing and reports it as a part of a longer piece of work."""

    def __init__(
        self,
        report: Report,
        doing: str,
        total: int,
        *,
        already: int = 0,
        part: tuple[float, float] = (0.0, 1.0),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Starts the clock.

        Args:
            report: Gets the share and the line.
            doing: What the line begins with, such as "Embedding pictures".
            total: How many there are.
            already: How many an earlier call did; they do not count for the rate.
            part: Where in the longer work this lies, as shares.
            clock: Seconds.
        """
        self._report, self._doing, self._total, self._part = report, doing, total, part
        self._clock, self._start = clock, clock()
        self._already = self._count = already
        self._say()

    def add(self, n: int = 1) -> None:
        """Counts n more as done, and says so."""
        self._count += n
        self._say()

    def _say(self) -> None:
        line = f"{self._doing}: {self._count:,} of {self._total:,}"
        seconds = self._clock() - self._start
        new = self._count - self._already
        if new > 0 and seconds > 0:
            rate = new / seconds
            line += f", {_rate(rate)}, {duration((self._total - self._count) / rate)} left"
        first, last = self._part
        self._report(first + (last - first) * self._count / max(self._total, 1), line)


def _rate(per_second: float) -> str:
    if per_second >= 10:
        return f"{per_second:,.0f}/s"
    return f"{per_second:.1f}/s" if per_second >= 1 else f"{1 / per_second:.1f} s each"


def duration(seconds: float) -> str:
    """A time for people.

    Examples:
        >>> duration(12.4), duration(75), duration(3700)
        ('12 s', '1 min 15 s', '1 h 1 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def within(report: Report, first: float, last: float) -> Report:
    """A report for a part of longer work: its shares [0, 1] become [first, last]."""
    return lambda share, text: report(first + (last - first) * share, text)
