"""Who is told how work goes, and counts as one line with a rate and the time left."""

import re
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

Report = Callable[[float, str], None]
"""Takes the share done, in [0, 1], and one line that says what is happening."""
Emit = Callable[[str, Mapping[str, Any]], None]
"""Takes the kind of an event, "metric" or "image", and its values."""


def silent(share: float, text: str) -> None:
    """Reports to nobody."""


def ignore(kind: str, values: Mapping[str, Any]) -> None:
    """Emits to nobody."""


class Watcher(Protocol):
    """Who is told what happens."""

    def report(self, stage: str) -> Report:
        """Takes the progress of a stage."""

    def emit(self, stage: str) -> Emit:
        """Takes the images and the curves of a stage."""

    def say(self, stage: str, text: str) -> None:
        """Takes a line that should be kept."""


class TimeIsUp(BaseException):
    """Work must stop now, to go on later; `kept` where nothing of it is lost."""

    def __init__(self, kept: bool = False) -> None:
        super().__init__()
        self.kept = kept


class _Nobody:
    """Watches nothing."""

    def report(self, stage: str) -> Report:
        return silent

    def emit(self, stage: str) -> Emit:
        return ignore

    def say(self, stage: str, text: str) -> None:
        return None


NOBODY: Watcher = _Nobody()


class Measured(NamedTuple):
    """What some pieces of work cost together."""

    total: float  # seconds
    n: int  # pieces; 0 where nothing was done


class Progress:
    """Counts one kind of thing, and reports the share done and the line."""

    def __init__(
        self,
        report: Report,
        doing: str,
        total: int,
        *,
        already: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Starts the clock; lines begin with `doing`, such as "Embedding images".

        Of the total, `already` were done by an earlier call and do not count for the rate.
        """
        self._report, self._doing, self._total = report, doing, total
        self._clock, self._start = clock, clock()
        self._already = self._count = already
        self._say(already)

    def add(self, n: int = 1) -> None:
        """Counts n more as done, and says so."""
        self._count += n
        self._say(self._count)

    @property
    def measured(self) -> Measured:
        """What those took that were counted until now."""
        return Measured(self._clock() - self._start, self._count - self._already)

    def partly(self, n: float) -> None:
        """Says that n more are done, without counting them: they may be fractions of a thing."""
        self._say(self._count + n)

    def _say(self, count: float) -> None:
        line = f"{self._doing}: {int(count):,} of {self._total:,}"
        seconds = self._clock() - self._start
        new = count - self._already
        if new > 0 and seconds > 0:
            rate = new / seconds
            line += f", {_rate(rate)}, {duration((self._total - count) / rate)} left"
        self._report(count / max(self._total, 1), line)


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


class Throttle:
    """Lets a line pass when it is about something new, and else only every few moments."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._topic, self._passed = seconds, "", 0.0

    def lets(self, text: str) -> bool:
        """Whether to show this line now. What it is about are its words before the first digit."""
        topic, now = re.split(r"\d", text, maxsplit=1)[0], time.monotonic()
        if topic == self._topic and now - self._passed < self._seconds:
            return False
        self._topic, self._passed = topic, now
        return True
