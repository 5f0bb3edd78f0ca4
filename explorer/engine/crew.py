"""One work on its shards by several workers: in order, nothing twice, and after a death again."""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any, Generic, Protocol, TypeVar

from explorer.engine.sent import Answer, Sent
from explorer.errors import ConfigError

Member = TypeVar("Member")

MOST_DEATHS = 3
"""Workers that may die of one work before it counts as what kills them."""
_AHEAD = 4
"""Shards per worker that may be done before an earlier one is."""


class Crew(Protocol[Member]):
    """Workers for one work."""

    def start(self) -> Member:
        """Another worker; its first answer, to nothing, says that it is there."""

    def give(self, member: Member, shard: bytes) -> None:
        """Has a worker do a shard; it has no other."""

    def wait(self, busy: Sequence[Member]) -> list[tuple[Member, Answer | None]]:
        """The answers of those that are done, of one at least; None of one that died."""

    def end(self, member: Member) -> None:
        """Ends a worker, whatever it is at."""


class Mapping(Generic[Member]):
    """What `Engine.map` gives, by a crew."""

    def __init__(
        self,
        crew: Crew[Member],
        members: list[Member],
        n: int,
        sent: Sent,
        shards: Sequence[Any],
    ) -> None:
        """`members` are there already; more are started until there are n."""
        self.members = members
        """Those that live; what is left of them in the end is free."""
        self._n = n
        self._crew, self._sent, self._shards = crew, sent, shards
        self._waiting = deque(range(len(shards)))
        self._busy: list[tuple[Member, int | None]] = []  # None for one that starts
        self._done: dict[int, Any] = {}
        self._n_deaths = 0

    def results(self) -> Iterator[Any]:
        """The results in the order of the shards; an error of the work is raised."""
        try:
            for _ in range(self._n - len(self.members)):
                self._start()
            for number in range(len(self._shards)):
                while number not in self._done:
                    self._give(number)
                    for member, answer in self._crew.wait([each for each, _ in self._busy]):
                        self._take(member, answer)
                yield self._done.pop(number)
        finally:
            for member, _ in self._busy:  # what they are at is of no use any more
                self._end(member)

    def _give(self, first: int) -> None:
        """Gives shards to those that have none, but none long before it is needed."""
        busy = [id(each) for each, _ in self._busy]
        for member in [each for each in self.members if id(each) not in busy]:
            if not self._waiting or self._waiting[0] >= first + _AHEAD * len(self.members):
                return
            number = self._waiting.popleft()
            self._busy.append((member, number))
            self._crew.give(member, self._sent.shard(self._shards[number]))

    def _take(self, member: Member, answer: Answer | None) -> None:
        place = next(i for i, (each, _) in enumerate(self._busy) if each is member)
        _, number = self._busy.pop(place)
        if answer is None:
            self._replace(member, number)
            return
        if number is None:
            return
        self._sent.hear(answer.told)
        if answer.error:
            raise answer.error
        self._done[number] = answer.result

    def _start(self) -> None:
        self.members.append(self._crew.start())
        self._busy.append((self.members[-1], None))

    def _replace(self, member: Member, number: int | None) -> None:
        """Another worker does what a dead one was at."""
        self._end(member)
        self._n_deaths += 1
        if self._n_deaths > MOST_DEATHS:
            raise ConfigError(
                f"{self._n_deaths} processes died at this work, perhaps for want of memory. Choose "
                "fewer of them (processes:2), or the engine here."
            )
        self._start()
        if number is not None:
            self._waiting.appendleft(number)

    def _end(self, member: Member) -> None:
        self.members = [each for each in self.members if each is not member]
        self._crew.end(member)
