"""Results on disk, addressed by everything that decides them.

<root>/<step>/<key>/            a finished result: one .npy per array, and manifest.json
<root>/<step>/partial-<key>/    a result being computed; it survives a kill, so work can go on;
                                partial-<key>.<n>/ where machine took it over from machine
<root>/damaged/...              a result that was found damaged, moved out of the way
<root>/locks/<key>               claimed while a result is computed; see `claims`
"""

import errno
import json
import logging
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np

from explorer.errors import BadDataError
from explorer.progress import Measured, Report, silent
from explorer.store.claims import Claim, when_free
from explorer.store.digests import check_file, file_digest, json_digest
from explorer.store.rates import Rates
from explorer.store.reading import read_object
from explorer.store.shipped import MANIFEST as _MANIFEST
from explorer.store.shipped import SHIPPED, unpack
from explorer.store.step import Computed, Entry, Step, make_key
from explorer.store.writing import ASIDE, save_aside, write_aside

log = logging.getLogger(__name__)

T = TypeVar("T")

DAMAGED = "damaged"
"""The folder of results that were set aside."""
_PASSING = (errno.EMFILE, errno.ENFILE, errno.ENOMEM)
"""Troubles of the moment, which say nothing of a result."""


class Verified(NamedTuple):
    """What a look through a store, or through a set, found."""

    n_whole: int
    n_unrecorded: int  # of those, how many are from before digests were kept: only their sizes fit
    damaged: list[str]  # a sentence each


class Store:
    """Keeps results of stages under one folder."""

    def __init__(self, root: Path | str, shipped: Path | None = SHIPPED) -> None:
        """Opens the store under `root`; what lies in `shipped` is not computed."""
        self.root, self._shipped = Path(root).absolute(), shipped

    def peek(self, step: Step[T]) -> T | None:
        """The result if it is there and whole; nothing is computed."""
        entry = self.by_key(step.name, step.key)
        return None if entry is None else step.read(entry)

    def has(self, step: Step[Any]) -> bool:
        """Whether the result is there and whole."""
        return self.by_key(step.name, step.key) is not None

    def by_key(self, stage: str, key: str) -> Entry | None:
        """A result that somebody names by its key, if it is there and whole."""
        folder = self.root / stage / key
        if self._shipped and not folder.exists():
            unpack(self._shipped / stage / key, folder)
        try:
            return _read(folder, key)
        except _Damaged as error:
            self._set_aside(folder, error)
            return None

    def _set_aside(self, folder: Path, error: "_Damaged") -> None:
        """Moves a damaged result out of the way, so that it is computed again."""
        aside = self.root / DAMAGED / f"{folder.parent.name}-{folder.name}-{time.time_ns()}"
        log.warning("The stored result %s is damaged (%s); it will be made again.", folder, error)
        with suppress(OSError):  # another process did it, or nothing can be written here
            aside.parent.mkdir(exist_ok=True)
            folder.rename(aside)

    def keys(self, stage: str, beginning: str) -> list[str]:
        """The keys of finished results that begin so."""
        folders = (self.root / stage).glob("*/")
        return sorted(each.name for each in folders if each.name.startswith(beginning))

    def others(
        self, step: Step[Any], but: str, having: str, wanted: Callable[[np.ndarray], bool]
    ) -> Iterator[Entry]:
        """Finished results of the same step whose inputs differ in one alone: `but`.

        Those that lack the array `having`, or in which it is not `wanted`, are not read through.
        """
        for path in sorted((self.root / step.name).glob(f"*/{_MANIFEST}")):
            try:
                manifest = read_object(path)
                own = {**step.inputs, but: manifest["inputs"][but]}
                is_having = having in manifest["sizes"]
            except (BadDataError, OSError, KeyError, TypeError):
                continue  # it is damaged, and set aside when somebody asks for it
            key = make_key(step.name, step.version, own)
            if not is_having or key != path.parent.name or key == step.key:
                continue
            with suppress(OSError, ValueError):  # damaged, as is found below
                if not wanted(_open_array(path.parent / f"{having}.npy")):
                    continue
            if found := self.by_key(step.name, key):
                yield found

    def fetch(self, step: Step[T], report: Report = silent) -> T:
        """Reads the result, or computes and keeps it.

        `report` hears of the computation, or of another process that is computing the same.
        """
        entry = self.by_key(step.name, step.key)
        while entry is None:

            def wait(seconds: float) -> None:
                what = f"another process to finish {step.name!r}"
                report(0.0, f"Waiting for {what}, {seconds:.0f} s")

            with when_free(self.root / "locks" / step.key, wait) as claim:
                try:
                    entry = self.by_key(step.name, step.key) or self._compute(step, report, claim)
                except Exception:
                    if not claim.is_lost:
                        raise
                    log.warning("Another machine took over %r.", step.name)  # and will finish it
        return step.read(entry)

    def _compute(self, step: Step[Any], report: Report, claim: Claim) -> Entry:
        stage = self.root / step.name
        folder, scratch = stage / step.key, _scratch(stage, step.key, claim)
        manifest = scratch / _MANIFEST
        # Where it is there, all arrays are, too, and what a kill left of the rest may have holes.
        if not manifest.exists():
            start = time.monotonic()
            computed = step.compute(scratch, report)
            self._note(step, computed, time.monotonic() - start)
            sizes = {name: _place(scratch, name, v) for name, v in computed.arrays.items()}
            digests = {name: file_digest(scratch / f"{name}.npy") for name in sizes}
            values = {
                "inputs": step.inputs,
                "sizes": sizes,
                "notes": computed.notes,
                "digests": digests,
                "notes_digest": json_digest(computed.notes),
            }
            write_aside(manifest, json.dumps(values).encode())
        kept = {_MANIFEST, *(f"{name}.npy" for name in read_object(manifest)["sizes"])}
        for path in scratch.iterdir():
            if path.name not in kept:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        if claim.is_lost:
            raise InterruptedError("another machine is making this result")
        if folder.exists():  # damaged: nobody took it
            shutil.rmtree(folder)
        scratch.rename(folder)
        entry = self.by_key(step.name, step.key)
        assert entry is not None, f"the {step.name} result was written but cannot be read"
        return entry

    def _note(self, step: Step[Any], computed: Computed, seconds: float) -> None:
        """Keeps what the work took, so that the next estimate knows."""
        spent = dict(computed.spent)
        if not spent and len(step.cost) == 1:
            (work,) = step.cost
            spent = {(work.kind, work.by): Measured(seconds, work.n * work.each)}
        for (kind, by), measured in spent.items():
            self.rates.note(kind, by, measured)

    @cached_property
    def rates(self) -> Rates:
        """What work costs on this machine."""
        return Rates(self.root, self._shipped)


def _scratch(stage: Path, key: str, claim: Claim) -> Path:
    """The folder of a result that is being computed, with what an interruption left there.

    What another machine had begun is moved, so that it finds its folder no more if it is alive.
    """
    usual = stage / f"partial-{key}"
    left = next(stage.glob(f"partial-{key}.*"), usual)
    if claim.taken_over and left.exists():
        moved = left.rename(stage / f"partial-{key}.{claim.number}")
        if not (moved / _MANIFEST).exists():
            for path in moved.iterdir():  # it may still write into these
                if path.is_file():
                    path.unlink()
        return moved
    left.mkdir(parents=True, exist_ok=True)
    return left


def _place(scratch: Path, name: str, value: np.ndarray | Path) -> int:
    """Puts an array at its final name in the scratch folder; returns the bytes of the file."""
    path = scratch / f"{name}.npy"
    if isinstance(value, Path):
        value.rename(path)
    else:
        save_aside(path, np.ascontiguousarray(value))
    return path.stat().st_size


class _Damaged(Exception):
    """What is wrong with a stored result."""


def _read(folder: Path, key: str) -> Entry | None:
    """Opens a finished result; its files are read through once in a process, by `check_file`."""
    if not folder.exists():
        return None
    try:
        manifest = read_object(folder / _MANIFEST)
        digests = manifest.get("digests", {})  # of none where an earlier version wrote it
        for name, size in manifest["sizes"].items():
            path = folder / f"{name}.npy"
            found = path.stat().st_size
            if found != size:
                raise ValueError(f"{path.name} has {found:,} bytes instead of {size:,}")
            if name in digests:
                check_file(path, digests[name])
        if digests and json_digest(manifest["notes"]) != manifest["notes_digest"]:
            raise ValueError("its notes are others than what was written")
        arrays = {name: _open_array(folder / f"{name}.npy") for name in manifest["sizes"]}
        return Entry(key, folder, arrays, manifest["notes"])
    except OSError as error:
        if error.errno in _PASSING:
            raise
        raise _Damaged(str(error)) from error
    except (ValueError, KeyError, TypeError, AttributeError, BadDataError) as error:
        raise _Damaged(str(error)) from error


def verify_store(root: Path) -> Verified:
    """Reads through every finished result of a store; nothing is moved or made."""
    whole, unrecorded, damaged = 0, 0, []
    for path in sorted(root.glob(f"*/*/{_MANIFEST}")):
        folder = path.parent
        if folder.parent.name == DAMAGED or folder.name.startswith(("partial-", ASIDE)):
            continue
        try:
            _read(folder, folder.name)
            unrecorded += "digests" not in read_object(path)
            whole += 1
        except (_Damaged, BadDataError) as error:
            damaged.append(f"{folder.relative_to(root)}: {error}")
    return Verified(whole, unrecorded, damaged)


def _open_array(path: Path) -> np.ndarray:
    array: np.ndarray = np.load(path, mmap_mode="r", allow_pickle=False)
    return array.view(np.ndarray)  # a plain array over the same pages: slices are not memmaps
