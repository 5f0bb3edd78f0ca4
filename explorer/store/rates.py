"""What work costs on this machine, as it was measured last: <cache>/rates.json."""

import json
import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from explorer.errors import BadDataError
from explorer.progress import Measured
from explorer.store.reading import read_object
from explorer.store.step import Work
from explorer.store.writing import write_aside

log = logging.getLogger(__name__)

FILE = "rates.json"
_FAR_MORE = 10  # times as many pieces
YARDSTICK = ("yardstick", "")
"""A product of two matrices, by which machines are compared; the quickest of many, because others
may use the machine while it is measured."""
_YARDSTICK_SECONDS = 0.5
_Rates = dict[str, dict[str, Measured]]  # by work, then by models


class Rate(NamedTuple):
    """What a piece of work costs."""

    cost: float
    is_rough: bool  # measured on another machine, and scaled to this one


class Rates:
    """Seconds that one piece of work takes, by the kind of work and what does it.

    embed        an image, by encoder         read         a caption, by encoder
    prototypes   a row times a prototype, by clustering
    choose       a row times a pair, by method
    forgetting   a row                         copy         an image
    draw         a step of an image, by `drawing_key`
    features     an image, by backbones
    train        a step of a student, by backbone
    look         a score of an image and a caption, by backbone
    memory       bytes, not seconds: the most that the last such run needed, by `memory_key`
    yardstick    a product of two matrices of 512 rows

    Encoder, decoder and the backbones of features each with the device they run on, as `on` names
    it; the rest always runs on the CPU.
    """

    def __init__(self, root: Path, typical: Path | None = None) -> None:
        """Opens the rates under `root`; `typical` is the root of another machine's."""
        self._path = root / FILE
        self._typical = Rates(typical) if typical else None

    def note(self, work: str, models: str, measured: Measured) -> None:
        """Keeps what was measured in place of what was before, unless that was far more work.

        A few pieces say little, because the first ones are slow. Fewer pieces than before count as
        much as these: what was known well is so still. Of two processes that note at the same
        moment one may lose, and will measure again.
        """
        values = self._read()
        _, n_before = values.get(work, {}).get(models, Measured(0.0, 0))
        if measured.n and measured.n * _FAR_MORE >= n_before:
            n = max(measured.n, n_before)
            values.setdefault(work, {})[models] = Measured(measured.total * (n / measured.n), n)
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                write_aside(self._path, json.dumps(values, indent=1).encode())
            except OSError as error:  # a statistic is no reason to lose the work
                log.warning("%s was not written: %s", self._path, error)

    def note_work(self, work: Work, measured: Measured) -> None:
        """Keeps what so many of the n of this work took."""
        self.note(work.kind, work.by, measured._replace(n=measured.n * work.each))

    def known(self) -> dict[tuple[str, str], float]:
        """What a piece costs, by work and models; without what was not measured yet."""
        values = self._read()
        return {
            (work, models): total / n
            for work, by_models in values.items()
            for models, (total, n) in by_models.items()
        }

    def n_pieces(self) -> dict[tuple[str, str], int]:
        """Of how many pieces each is the mean, or was before."""
        values = self._read()
        return {(work, models): n for work, by in values.items() for models, (_, n) in by.items()}

    def guessed(self) -> dict[tuple[str, str], Rate]:
        """`known`, and what the other machine says of the rest, scaled by how fast either is.

        What far fewer pieces showed here than there is as if it were not known.
        """
        own, theirs = self.known(), self._typical.known() if self._typical else {}
        there = self._typical.n_pieces() if self._typical else {}
        for key, n in self.n_pieces().items():
            if n * _FAR_MORE < there.get(key, 0):
                del own[key]
        both = YARDSTICK in own and YARDSTICK in theirs
        slower = own[YARDSTICK] / theirs[YARDSTICK] if both else 1.0
        scaled = {
            (work, models): Rate(cost if work == "memory" else cost * slower, True)
            for (work, models), cost in theirs.items()
        }
        return {**scaled, **{key: Rate(cost, False) for key, cost in own.items()}}

    def measure_machine(self) -> None:
        """Notes how fast this machine is, where it is not known yet; takes half a second."""
        if YARDSTICK in self.known():
            return
        side = np.random.default_rng(0).normal(size=(512, 512)).astype(np.float32)
        side @ side  # the first one starts threads
        times, end = [], time.monotonic() + _YARDSTICK_SECONDS
        while time.monotonic() < end:
            start = time.perf_counter()
            side @ side
            times.append(time.perf_counter() - start)
        self.note(*YARDSTICK, Measured(min(times) * len(times), len(times)))

    def _read(self) -> _Rates:
        if not self._path.exists():
            return {}
        try:
            return _checked(read_object(self._path))
        except BadDataError as error:
            log.warning("%s; rates will be measured again.", str(error).rstrip("."))
            return {}


def _checked(rates: Mapping[str, Any]) -> _Rates:
    """The rates; `BadDataError` where one of them is none."""
    try:
        read = {
            work: {models: Measured(*each) for models, each in by_models.items()}
            for work, by_models in rates.items()
        }
        for by_models in read.values():
            for total, n in by_models.values():
                if not total / n >= 0:
                    raise ValueError
    except (AttributeError, TypeError, ValueError, ZeroDivisionError) as error:
        raise BadDataError("There are rates that are none.") from error
    return read


def on(device: str, models: str) -> str:
    """What the rate of models, by name or fingerprint, is noted under: a GPU is many times quicker.

    The device is as somebody named it, so that "auto" can be looked up without loading torch.
    """
    return f"{models} on {device}"
