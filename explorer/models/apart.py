"""A bundle's models in a process of their own, for a page that must not stand still.

To import what draws takes seconds of a core, and while it is imported or draws, the threads of the
same process wait for it. Apart, it is ready sooner, and whatever ends it leaves the page alone.
"""

import logging
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from queue import Empty, Queue
from threading import Event, Lock, Thread
from typing import Any, NamedTuple
from weakref import finalize

import numpy as np
from PIL import Image

from explorer.config import SynthesisConfig
from explorer.errors import TOLD, MissingDataError
from explorer.models.bundles import Bundle
from explorer.models.forked import end, start_python
from explorer.models.loaded import Cancelled, Drawn, Models, Subject
from explorer.progress import Report, silent

log = logging.getLogger(__name__)

_AT_ONCE = 4
"""Requests that are worked on beside each other; drawings wait for each other all the same."""
_LOOK_SECONDS = 0.1
"""Between two looks whether somebody wants a drawing to stop."""
_CANCEL, _REPORT, _DONE, _FAILED, _END = "cancel", "report", "done", "failed", "end"


class _Message(NamedTuple):
    """What travels, in both directions."""

    number: int  # of the request
    kind: str  # a method of `Models`, or one of the five above
    values: tuple[Any, ...] = ()


class ModelsApart:
    """As `Models`, whose work is done in another process; it begins with the first request."""

    def __init__(self, bundle: Bundle, device: str = "auto") -> None:
        self.bundle, self.device = bundle, device
        self._starting, self._numbers = Lock(), count()
        self._child: _Child | None = None

    def begin(self) -> None:
        """Has the models loaded, and does not wait for it."""
        self._running().send(_Message(next(self._numbers), "load"))

    def embed_captions(self, captions: Sequence[str]) -> np.ndarray:
        """As of `Models`."""
        rows: np.ndarray = self._ask("embed_captions", (list(captions),))
        return rows

    def embed_images(self, images: Sequence[Image.Image]) -> np.ndarray:
        """As of `Models`."""
        rows: np.ndarray = self._ask("embed_images", (list(images),))
        return rows

    def draw(
        self,
        subject: Subject,
        config: SynthesisConfig,
        seeds: Sequence[int],
        cancel: Event | None = None,
        report: Report = silent,
    ) -> list[Drawn]:
        """As of `Models`.

        Raises:
            Cancelled: `cancel` was set.
            MissingDataError: The process ended meanwhile; the next request begins another.
        """
        if not self._running().has_answered:
            report(0.0, f"Loading the decoder of {self.bundle.label}")
        drawn: list[Drawn] = self._ask("draw", (subject, config, list(seeds)), cancel, report)
        return drawn

    def _ask(
        self,
        kind: str,
        values: tuple[Any, ...],
        cancel: Event | None = None,
        report: Report = silent,
    ) -> Any:
        number, child = next(self._numbers), self._running()
        answers = child.expect(number)
        child.send(_Message(number, kind, values))
        is_cancelled = False
        while True:
            if cancel is not None and cancel.is_set() and not is_cancelled:
                is_cancelled = True
                child.send(_Message(number, _CANCEL))
            try:
                answer = answers.get(timeout=_LOOK_SECONDS if cancel else None)
            except Empty:
                continue
            if answer.kind == _REPORT:
                report(*answer.values)
            elif answer.kind == _DONE:
                return answer.values[0]
            else:
                raise answer.values[0]

    def _running(self) -> "_Child":
        with self._starting:
            if self._child is None or self._child.is_over:
                self._child = _Child(self.bundle, self.device)
                finalize(self, self._child.close)  # with the last who needs these models
            return self._child


class _Child:
    """The process, and who waits for which of its answers."""

    def __init__(self, bundle: Bundle, device: str) -> None:
        self._label = bundle.label
        self.has_answered = self.is_over = False
        self._waiting: dict[int, Queue[_Message]] = {}
        self._guard = Lock()
        self._connection, other = Pipe()
        begin = f"from {__name__} import main; main()"  # not -m: messages must be of this module
        # It ends with the connection, not with a key pressed in a terminal.
        self._process = start_python(["-c", begin], other.fileno())
        other.close()
        self._connection.send((bundle, device))
        Thread(target=self._listen, name="models", daemon=True).start()

    def expect(self, number: int) -> "Queue[_Message]":
        answers: Queue[_Message] = Queue()
        with self._guard:
            self._waiting[number] = answers
        return answers

    def send(self, message: _Message) -> None:
        with self._guard:
            try:
                self._connection.send(message)
            except OSError:  # it is gone; who listens hears of it
                self._end()

    def close(self) -> None:
        self.send(_Message(0, _END))  # who listens closes the connection: nobody else reads it
        end(self._process)

    def _listen(self) -> None:
        try:
            while True:
                self._pass_on(self._connection.recv())
        except (EOFError, OSError):
            return
        finally:
            with self._guard:
                self._end()
                self._connection.close()

    def _pass_on(self, answer: _Message) -> None:
        self.has_answered = True
        with self._guard:
            answers = self._waiting.get(answer.number)
            if answer.kind != _REPORT:
                self._waiting.pop(answer.number, None)
        if answers:
            answers.put(answer)

    def _end(self) -> None:
        """Tells all who wait that there will be no answer."""
        self.is_over = True
        error = MissingDataError(
            f"The process of {self._label} ended while it worked, for want of memory perhaps. "
            "Ask again: another one begins."
        )
        for number, answers in self._waiting.items():
            answers.put(_Message(number, _FAILED, (error,)))
        self._waiting.clear()


def _serve(connection: Connection) -> None:
    """Answers until nobody asks any more."""
    models, sending = Models(*connection.recv()), Lock()
    flags: dict[int, Event] = {}

    def tell(number: int, kind: str, *values: Any) -> None:
        with sending:
            connection.send(_Message(number, kind, values))

    def answer(asked: _Message) -> None:
        more: tuple[Any, ...] = ()
        if asked.kind == "draw":
            more = (flags[asked.number], partial(tell, asked.number, _REPORT))
        try:
            tell(asked.number, _DONE, getattr(models, asked.kind)(*asked.values, *more))
        except (*TOLD, Cancelled) as error:
            tell(asked.number, _FAILED, error)
        except Exception as error:  # the edge of the process: the page must hear of it
            log.exception("%s failed", asked.kind)
            told = RuntimeError(f"{type(error).__name__}: {error}")
            tell(asked.number, _FAILED, told)
        finally:
            flags.pop(asked.number, None)

    with ThreadPoolExecutor(_AT_ONCE) as threads:
        while True:
            asked: _Message = connection.recv()
            if asked.kind == _END:
                return
            if asked.kind == _CANCEL:
                if flag := flags.get(asked.number):
                    flag.set()
                continue
            flags[asked.number] = Event()
            threads.submit(answer, asked)


def main() -> None:
    """The process: its only argument is the connection it inherits."""
    try:
        _serve(Connection(int(sys.argv[1])))
    except (EOFError, OSError):  # the page is gone
        return
