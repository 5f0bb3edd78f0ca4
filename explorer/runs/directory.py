"""A run directory: the only state of a run, written by one process and read by any.

config.json    what was asked for               events.jsonl   what happened, one object per line
status.json    state and progress, replaced     log.txt        what the process printed
set/           the distilled set as it grows    result.json    the outcome, written last
sweep/         of a sweep instead: its sets, scores.json, table.md, table.csv, table.tex
referee/       of sets before a referee: the same files, and referee.json
checkpoints/   images of a set that is learned, as they were on the way
items.npz      how each item of test fared, once students were scored
label.json     what a person calls it          expected.json  seconds of each stage, as estimated
run.lock       claimed by the process for as long as it lives, so nobody has to trust a pid
cancel         asks a process on another machine to end
crashes        a sign for each process that died without a word
"""

import json
import logging
import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any, NamedTuple

from explorer.config import MapConfig
from explorer.errors import BadDataError, ConfigError, ExplorerError, sentence
from explorer.runs.config import (
    RefereeConfig,
    RunConfig,
    SweepConfig,
    data_name,
    method_of,
    task_of_run,
)
from explorer.settings import is_text
from explorer.store.claims import Claim, is_claimed_elsewhere, try_claim, try_lock, unlock
from explorer.store.reading import fits, parse_lines, read_object
from explorer.store.writing import write_aside

log = logging.getLogger(__name__)

KINDS = ("prepare", "distill", "sweep", "referee")
WAITING = "waiting"
"""The state of a run that no process has taken yet: it was left to workers."""
ALIVE = (WAITING, "starting", "queued", "running")
OVER = ("done", "failed", "cancelled", "crashed")


Event = dict[str, Any]
"""A line of events.jsonl: `time`, `stage`, `kind` (progress, metric, image or log), and what an
event of this kind tells."""
Outcome = Mapping[str, Any]
"""What result.json holds: what `prepare`, `make_and_score` or `sweep` returned, and what it cost.
Earlier versions wrote less."""


class Where(NamedTuple):
    """Who computes a run; it decides no result."""

    engine: str = "here"
    by_workers: bool = False


IN_ONE_PROCESS = Where()


@dataclass(frozen=True, kw_only=True)
class Job:
    """What a run is asked to do."""

    kind: str = "distill"
    """`prepare` stops after the map; `distill` goes on to a set and its scores; `sweep` makes and
    scores many sets, as `sweep` says, with the other settings of `config`; `referee` judges the
    sets of other runs."""
    config: RunConfig = field(default_factory=RunConfig)
    sweep: SweepConfig = field(default_factory=SweepConfig)
    referee: RefereeConfig = field(default_factory=RefereeConfig)
    map_config: MapConfig = field(default_factory=MapConfig)
    spaces: tuple[str, ...] = ("image",)
    """Maps to lay out: of `image`, `caption` and `both`."""
    device: str = "auto"
    """Where the networks run."""
    engine: str = field(default="here", compare=False)
    """What divides the work among processes or machines; it decides no result."""
    by_workers: bool = field(default=False, compare=False)
    """Whether it is left to `worker` processes rather than started by whoever asks for it."""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ConfigError(f"kind must be one of {', '.join(KINDS)}, got {self.kind!r}.")
        if not all(is_text(each) for each in (self.device, self.engine, *self.spaces)):
            raise ConfigError("The device, the engine and the spaces of a run must be texts.")
        if not isinstance(self.by_workers, bool):
            raise ConfigError("Whether a run is left to workers is true or false.")

    @property
    def learns(self) -> bool:
        """Whether the images of the set change while it is made."""
        return method_of(self.config).learns

    @property
    def title(self) -> str:
        """What it is, in a few words."""
        config, name = self.config, data_name(self.config.data)
        if self.kind == "prepare":
            return f"the preparation of {name}"
        if self.kind == "sweep":
            return f"{name} · sweep of {len(self.sweep.methods)} methods"
        if self.kind == "referee":
            return f"{name} · referee of {len(self.referee.runs)} sets"
        return f"{name} · {config.method} · {task_of_run(config).sized(config.size)}"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Job":
        config = RunConfig.from_json(values["config"], written=True)
        return cls(
            kind=values["kind"],
            config=config,
            sweep=SweepConfig.from_json(values.get("sweep", {})),
            referee=RefereeConfig.from_json(values.get("referee", {})),
            map_config=MapConfig.from_json(values["map_config"]),
            spaces=tuple(values["spaces"]),
            device=values["device"],
            engine=values.get("engine", cls.engine),
            by_workers=values.get("by_workers", cls.by_workers),
        )


class Cost(NamedTuple):
    """What a run needed, with all attempts that were stopped and resumed."""

    timing: Mapping[str, float] = MappingProxyType({})  # seconds in each stage, without waiting
    peak_memory: int = 0  # most bytes of main memory that a process of the run held

    def as_json(self) -> dict[str, Any]:
        return {"timing": dict(self.timing), "peak_memory": self.peak_memory}


class Status(NamedTuple):
    """Where a run stands."""

    state: str  # one of ALIVE or OVER
    stage: str = ""  # of `runs.about.STAGES`, or ""
    share: float = 0.0  # of that stage, in [0, 1]
    text: str = ""  # one line: what is happening, how fast, how long still; or why it ended
    advice: str = ""  # a warning for as long as the run exists, or ""
    pid: int = 0
    queued_at: float = 0.0  # seconds; the order in which runs get the device
    started_at: float = 0.0
    time: float = 0.0  # when this was written
    cost: Cost = Cost()  # so far

    def as_json(self) -> dict[str, Any]:
        return {**self._asdict(), "cost": self.cost.as_json()}


class Label(NamedTuple):
    """What a person wrote on a run; either may be empty."""

    name: str = ""
    note: str = ""


class RunDirectory:
    """Reads and writes one run directory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.id = folder.name
        self.set_folder = folder / "set"
        self.sweep_folder, self.referee_folder = folder / "sweep", folder / "referee"
        self.checkpoints_folder = folder / "checkpoints"
        self.items_path = folder / "items.npz"
        self.log_path = folder / "log.txt"
        self._lock, self._cancel = folder / "run.lock", folder / "cancel"

    def create(self, job: Job) -> None:
        self.folder.mkdir(parents=True)
        write_aside(self.folder / "config.json", json.dumps(job.as_json(), indent=2).encode())

    def job(self) -> Job:
        path = self.folder / "config.json"
        try:
            written = path.stat()
            return _job(path, written.st_mtime_ns, written.st_size)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, ExplorerError) as error:
            raise BadDataError(
                f"{self.folder} is not a run directory: {sentence(error).rstrip('.')}."
            ) from error

    def label(self) -> Label:
        """What a person wrote on it; a label that cannot be read hides no run."""
        path = self.folder / "label.json"
        if not path.exists():
            return Label()
        try:
            values = read_object(path)
        except BadDataError as error:
            log.warning("%s", error)
            return Label()
        if not fits(values, Label.__annotations__):
            return Label()
        return Label(values.get("name", ""), values.get("note", ""))

    def called(self) -> str:
        """What a person calls it, or else what it is."""
        return self.label().name or self.job().title

    def write_label(self, label: Label) -> None:
        write_aside(self.folder / "label.json", json.dumps(label._asdict()).encode())

    def expected(self) -> dict[str, float]:
        """Seconds that each stage was estimated to take when the run began; {} where unknown."""
        path = self.folder / "expected.json"
        try:
            values = read_object(path) if path.exists() else {}
        except BadDataError as error:
            log.warning("%s", error)
            return {}
        fit = fits(values, dict.fromkeys(values, float))
        return values if fit and all(0 <= each < math.inf for each in values.values()) else {}

    def write_expected(self, seconds: Mapping[str, float]) -> None:
        write_aside(self.folder / "expected.json", json.dumps(seconds).encode())

    def lock(self) -> IO[bytes] | None:
        """Keeps other processes of this machine from it; None where its process lives."""
        for _ in range(50):  # somebody may be looking whether it lives, for an instant
            if file := try_lock(self._lock):
                if not self.is_elsewhere():
                    return file
                unlock(file)
                return None
            time.sleep(0.01)
        return None

    def claim(self, lock: IO[bytes] | None = None) -> Claim | None:
        """Takes the run, with the lock that this process has already; None where its owner lives.

        What was asked of an earlier owner is forgotten.
        """
        lock = lock or self.lock()
        claim = try_claim(self._lock, lock) if lock else None
        if claim:
            self._cancel.unlink(missing_ok=True)
        return claim

    def is_alive(self) -> bool:
        file = try_lock(self._lock, shared=True)
        if file is not None:
            unlock(file)
        return file is None or self.is_elsewhere()

    def is_elsewhere(self) -> bool:
        """Whether a process of another machine is at work on it."""
        return is_claimed_elsewhere(self._lock)

    def ask_to_end(self) -> None:
        """Asks its process to end, wherever that is."""
        self._cancel.touch()

    def count_crash(self) -> int:
        """Notes that its process died without a word; how many did so far."""
        path = self.folder / "crashes"
        with path.open("ab") as file:
            file.write(b".")
            return file.tell()

    def must_end(self) -> bool:
        """Whether somebody asked it to end."""
        return self._cancel.exists()

    def write_status(self, status: Status) -> None:
        values = status._replace(time=time.time()).as_json()
        write_aside(self.folder / "status.json", json.dumps(values).encode())

    def written_status(self) -> Status:
        """What the process wrote last; it may have died since."""
        try:
            values = read_object(self.folder / "status.json")
            cost = Cost(**values.get("cost", {}))
            if not _is_cost(cost) or not fits(values, {**Status.__annotations__, "cost": dict}):
                raise BadDataError(f"{self.folder} has a status of another kind.")
            return Status(**{**values, "cost": cost})
        except (TypeError, BadDataError):
            return Status("starting", text="Starting")

    def status(self) -> Status:
        """What the process wrote last, or "crashed" where it died without a word."""
        status = self.written_status()
        if status.state in (*OVER, WAITING) or self.is_alive():
            return status
        status = self.written_status()  # it may have ended properly between the two looks
        if status.state in OVER:
            return status
        return status._replace(
            state="crashed", text="The process ended without a word; see the log."
        )

    def read_events(self, offset: int = 0, limit: int = 1 << 20) -> tuple[list[Event], int]:
        """Events from a byte offset on, whole lines only, and the offset to ask for next."""
        path = self.folder / "events.jsonl"
        if not path.exists():
            return [], 0
        with path.open("rb") as file:
            if (before := min(offset, path.stat().st_size) - 1) >= 0:
                file.seek(before)
                file.readline()  # what is left of a line that the offset is inside of
            start = file.tell()
            content = file.read(limit)
        end = content.rfind(b"\n") + 1
        return list(parse_lines(content[:end])), start + end

    def result(self) -> Outcome | None:
        """The outcome, or None where there is none yet; `BadDataError` where it is damaged."""
        path = self.folder / "result.json"
        return read_object(path) if path.exists() else None

    def write_result(self, result: Outcome) -> None:
        write_aside(self.folder / "result.json", json.dumps(result, indent=2).encode())


@lru_cache(maxsize=4096)
def _job(path: Path, time_ns: int, size: int) -> Job:
    """A table of runs asks for all of them whenever a file changes; these never do."""
    return Job.from_json(read_object(path))


def _is_cost(cost: Cost) -> bool:
    if not (isinstance(cost.peak_memory, int) and isinstance(cost.timing, dict)):
        return False
    return fits(cost.timing, dict.fromkeys(cost.timing, float))


def list_jobs(folder: Path) -> Iterator[tuple[RunDirectory, Job]]:
    """The run directories under a folder, oldest first; those that cannot be read are left out."""
    for path in sorted(folder.glob("*/config.json")):
        run = RunDirectory(path.parent)
        try:
            yield run, run.job()
        except BadDataError as error:
            log.warning("%s", error)


class EventLog:
    """Appends events; an event that a resumed run repeats is written once."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a+b")
        self._seen = {_identity(event) for event in self._repair()}

    def _repair(self) -> list[Event]:
        """Drops a line that a kill cut short; returns the whole ones."""
        self._file.seek(0)
        content = self._file.read()
        end = content.rfind(b"\n") + 1
        self._file.truncate(end)
        return list(parse_lines(content[:end]))

    def write(self, stage: str, kind: str, values: Mapping[str, Any]) -> None:
        """Appends one event."""
        event: Event = {"time": time.time(), "stage": stage, "kind": kind, **values}
        identity = _identity(event)
        if kind in ("metric", "image"):
            if identity in self._seen:
                return
            self._seen.add(identity)
        self._file.write(json.dumps(event).encode() + b"\n")
        self._file.flush()

    def close(self) -> None:
        self._file.close()


def _identity(event: Event) -> str:
    """What an event is about: everything but its measurements, which are its floats."""
    about = {name: value for name, value in event.items() if not isinstance(value, float)}
    return json.dumps(about, sort_keys=True)
