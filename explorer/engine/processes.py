"""Several processes of this machine, each with the models that the work needs."""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any, NamedTuple, TypeVar

from explorer.engine.crew import Mapping
from explorer.engine.engine import find_engine
from explorer.engine.sent import Answer, Received, Sent

Shard = TypeVar("Shard")
Done = TypeVar("Done")

_THREADS = "OMP_NUM_THREADS"


class Processes:
    """Some processes, started when they are first needed and kept; a dead one is replaced."""

    def __init__(self, n: int = 0) -> None:
        """`n` is how many; 0 for as many as there are processors."""
        self._n = n or os.cpu_count() or 1
        self._free: list[_Process] = []
        self._guard = Lock()

    def __reduce__(self) -> Any:
        return find_engine, ("here",)  # one that is sent along with work divides no further

    def map(self, work: Callable[[Shard], Done], shards: Sequence[Shard]) -> Iterator[Done]:
        if len(shards) < 2:  # another process would be of no use
            yield from map(work, shards)
            return
        sent = Sent(work)
        with TemporaryDirectory(prefix="explorer-") as folder:
            path = Path(folder) / "work"
            path.write_bytes(sent.work)
            n, crew = min(self._n, len(shards)), _Crew(self._n, str(path))
            mapping = Mapping(crew, self._taken(n), n, sent, shards)
            try:
                yield from mapping.results()
            finally:
                with self._guard:
                    self._free += mapping.members

    def close(self) -> None:
        """Ends the processes that do nothing."""
        with self._guard:
            for each in self._free:
                each.end()
            self._free = []

    def _taken(self, most: int) -> list["_Process"]:
        """Processes that do nothing, and are this caller's now."""
        with self._guard:
            taken = [each for each in self._free[:most] if each.process.is_alive()]
            del self._free[:most]
            return taken


class _Process(NamedTuple):
    process: BaseProcess
    pipe: Connection

    @classmethod
    def start(cls, n: int) -> "_Process":
        """One of n that share the processors."""
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        before = os.environ.get(_THREADS)
        os.environ[_THREADS] = before or str(max(1, (os.cpu_count() or 1) // n))
        try:
            process = context.Process(target=_serve, args=(theirs,), daemon=True)
            process.start()
        finally:
            if before is None:
                del os.environ[_THREADS]
        theirs.close()
        return cls(process, ours)

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


class _Crew:
    """Processes that open the work from a file."""

    def __init__(self, n: int, path: str) -> None:
        self._n, self._path = n, path

    def start(self) -> _Process:
        return _Process.start(self._n)

    def give(self, member: _Process, shard: bytes) -> None:
        with suppress(OSError):  # it died: `wait` will say so
            member.pipe.send((self._path, shard))

    def wait(self, busy: Sequence[_Process]) -> list[tuple[_Process, Answer | None]]:
        ready = wait([each.pipe for each in busy])
        return [(each, _answer(each.pipe)) for each in busy if each.pipe in ready]

    def end(self, member: _Process) -> None:
        member.end()


def _answer(pipe: Connection) -> Answer | None:
    try:
        answer: Answer = pipe.recv()
    except (EOFError, OSError):
        return None
    return answer


def _serve(pipe: Connection) -> None:
    """Answers until nobody asks any more; each work is opened once."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asks decides
    opened, work = "", None
    with suppress(EOFError, OSError):
        pipe.send(Answer(None, []))
        while True:
            path, shard = pipe.recv()
            if path != opened or work is None:
                opened, work = path, Received(Path(path).read_bytes())
            pipe.send(work.do(shard))
