"""Opens data that somebody named: each once, outside of every lock, and not for ever."""

import ctypes
import logging
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from concurrent.futures import Future

from explorer.data.open import open_dataset
from explorer.errors import ConfigError
from explorer.types import Dataset

log = logging.getLogger(__name__)

PATIENT, QUICK, GLANCE = 120.0, 30.0, 2.0
"""Seconds that whoever asked waits: for what they started, for a look, and to be told how it is."""
LONGEST = 900.0
"""Seconds after which an opening is given up."""
MOST_AT_ONCE = 6


class StillOpening(ConfigError):
    """The data are being opened, and this takes longer than somebody wanted to wait."""


class _GaveUp(BaseException):
    """Raised inside an opening that lasts too long; nothing that reads files catches it."""


class Openings:
    """The datasets that were opened last; reading foreign files holds no lock."""

    def __init__(
        self, most: int, opener: Callable[[str], Dataset] = open_dataset, longest: float = LONGEST
    ) -> None:
        self._most, self._opener, self._longest = most, opener, longest
        self._kept: OrderedDict[str, Dataset] = OrderedDict()
        self._going: dict[str, Future[Dataset]] = {}
        self._workers: dict[str, threading.Thread] = {}
        self._n_waiting: Counter[str] = Counter()
        self._unwanted: set[str] = set()
        self._guard = threading.Lock()

    def __contains__(self, data: str) -> bool:
        return data in self._kept

    def get(self, data: str, *, again: bool = False, patience: float = PATIENT) -> Dataset:
        """The dataset; `again` looks at its files anew.

        Raises:
            StillOpening: It takes longer than `patience` seconds, while it goes on.
            ConfigError: Too many others are being opened.
        """
        with self._guard:
            if data in self._kept and not again:
                self._kept.move_to_end(data)
                return self._kept[data]
            future = self._going.get(data) or self._begin(data)
            self._n_waiting[data] += 1
            self._unwanted.discard(data)
        try:
            return future.result(timeout=patience)
        except TimeoutError:
            if future.done():
                raise
            raise StillOpening(
                f"Opening {data} takes more than {patience:.0f} s and goes on; ask again later."
            ) from None
        finally:
            with self._guard:
                self._n_waiting[data] -= 1
                self._end_unwanted(data)

    def give_up(self, data: str) -> None:
        """Ends an opening as soon as nobody waits for it, unless somebody asks for it anew."""
        with self._guard:
            if data in self._going:
                self._unwanted.add(data)
                self._end_unwanted(data)

    def _end_unwanted(self, data: str) -> None:
        if self._n_waiting[data] <= 0:
            del self._n_waiting[data]
            if data in self._unwanted:
                about = data, self._going[data], self._workers[data], 0.0
                threading.Thread(target=self._watch, args=about, daemon=True).start()

    def _begin(self, data: str) -> "Future[Dataset]":
        if len(self._going) >= MOST_AT_ONCE:
            raise ConfigError(
                f"{len(self._going)} other datasets are being opened; ask again in a moment."
            )
        future = self._going[data] = Future()
        worker = threading.Thread(target=self._work, args=(data, future), daemon=True)
        self._workers[data] = worker
        worker.start()
        about = data, future, worker, self._longest
        threading.Thread(target=self._watch, args=about, daemon=True).start()
        return future

    def _work(self, data: str, future: "Future[Dataset]") -> None:
        try:
            dataset = self._opener(data)
        except _GaveUp:
            end = ConfigError(
                f"{data} was not opened within {self._longest:.0f} s, or nobody waited for it."
            )
            self._end(data)
            future.set_exception(end)
        except BaseException as error:  # of any kind: whoever asked is to get it
            self._end(data)
            future.set_exception(error)
        else:
            self._end(data, dataset)
            future.set_result(dataset)

    def _end(self, data: str, dataset: Dataset | None = None) -> None:
        with self._guard:
            self._going.pop(data, None)
            self._workers.pop(data, None)
            self._unwanted.discard(data)
            if dataset is not None:
                self._kept[data] = dataset
                self._kept.move_to_end(data)
                while len(self._kept) > self._most:
                    self._kept.popitem(last=False)

    def _watch(
        self, data: str, future: "Future[Dataset]", worker: threading.Thread, seconds: float
    ) -> None:
        """Ends a worker that is not done in time, at its next step in Python."""
        deadline = time.monotonic() + seconds
        while not future.done():
            worker.join(timeout=max(0.05, deadline - time.monotonic()))
            if worker.is_alive() and time.monotonic() >= deadline and worker.ident:
                log.warning("Opening %s was given up.", data)
                raised = ctypes.py_object(_GaveUp)
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(worker.ident), raised)
                worker.join(timeout=1)
