"""Measures the images of prepared data behind the page, once somebody asks for it."""

import threading
import time
from dataclasses import dataclass
from typing import Literal

from explorer.errors import TOLD, sentence
from explorer.explore.columns import measuring
from explorer.explore.dataset import Prepared
from explorer.steps.measures import measure
from explorer.store.store import Store
from explorer.ui import wire

TIMED = 12
"""Images that are measured to tell how long all take."""


@dataclass
class _Work:
    state: Literal["going", "done", "failed"] = "going"
    share: float = 0.0
    text: str = "Measuring the images"

    def report(self, share: float, text: str) -> None:
        self.share, self.text = share, text


class Measurings:
    """What is measured now, by the key of its step."""

    def __init__(self, store: Store) -> None:
        """Results go to the store."""
        self._store, self._guard = store, threading.Lock()
        self._works: dict[str, _Work] = {}
        self._seconds: dict[str, float] = {}

    def start(self, prepared: Prepared) -> None:
        """Begins, unless it is under way or done."""
        step = measuring(prepared)
        with self._guard:
            going = self._works.get(step.key)
            if self._store.has(step) or (going and going.state == "going"):
                return
            work = self._works[step.key] = _Work()

        def run() -> None:
            try:
                self._store.fetch(step, work.report)
                work.state = "done"
            except TOLD as error:
                work.state, work.text = "failed", sentence(error)

        threading.Thread(target=run, daemon=True).start()

    def status(self, prepared: Prepared) -> wire.Measuring | None:
        """Where it stands; None where nothing is left to do."""
        step = measuring(prepared)
        if self._store.has(step):
            return None
        work = self._works.get(step.key)
        if work is None or work.state == "done":
            return {
                "state": "waiting",
                "share": 0.0,
                "text": "",
                "seconds": self._expected(prepared),
            }
        return {"state": work.state, "share": work.share, "text": work.text, "seconds": None}

    def _expected(self, prepared: Prepared) -> float:
        """About how many seconds it takes."""
        step, split = measuring(prepared), prepared.dataset.splits["train"]
        known = self._store.rates.known().get(("measures", ""))
        if known is not None:
            return known * split.n_images
        if step.key not in self._seconds:
            start, some = time.perf_counter(), prepared.image_number[:TIMED]
            for number in some:
                measure(split.open_image(int(number)))
            each = (time.perf_counter() - start) / max(len(some), 1)
            self._seconds[step.key] = each * split.n_images
        return self._seconds[step.key]
