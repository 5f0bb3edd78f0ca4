"""Results of the store that the page asks for and does not wait for: computed behind it."""

import logging
import threading
from queue import Queue
from typing import Any

from explorer.engine.apart import fetch_apart
from explorer.errors import TOLD, sentence
from explorer.store.step import Step
from explorer.store.store import Store
from explorer.ui import wire

log = logging.getLogger(__name__)


class Background:
    """Computes steps in other processes, one after the other; it ends with the program."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: Queue[Step[Any]] = Queue()
        self._thread = threading.Thread(target=self._serve, name="background", daemon=True)
        self._making: dict[str, wire.Making] = {}
        self._guard = threading.Lock()

    def begin(self, step: Step[Any]) -> None:
        """Computes a step that is not there yet, unless it is being computed."""
        with self._guard:
            going = self._making.get(step.key)
            if (going and not going["problem"]) or self._store.has(step):
                return
            is_free = all(each["problem"] for each in self._making.values())
            text = "Beginning" if is_free else "Waits until other work has ended"
            self._making[step.key] = _making(text=text)
            if not self._thread.is_alive():
                self._thread.start()
        self._waiting.put(step)

    def about(self, step: Step[Any]) -> wire.Making | None:
        """How far it is; None where nobody began it, or it is done."""
        return self._making.get(step.key)

    def finish(self) -> None:
        """Waits until all that was begun is done."""
        self._waiting.join()

    def _serve(self) -> None:
        while True:
            self._work(self._waiting.get())
            self._waiting.task_done()

    def _work(self, step: Step[Any]) -> None:
        def report(share: float, text: str) -> None:
            self._making[step.key] = _making(share, text)

        try:
            fetch_apart(self._store, step, report)
        except TOLD as error:
            self._making[step.key] = _making(problem=sentence(error))
        except Exception as error:  # the edge of the thread: the page must hear of it
            log.exception("%s was not made", step.name)
            self._making[step.key] = _making(problem=f"{type(error).__name__}: {error}")
        else:
            with self._guard:
                del self._making[step.key]


def _making(share: float = 0.0, text: str = "", problem: str = "") -> wire.Making:
    return {"share": share, "text": text, "problem": problem}
