"""Results on disk, addressed by everything that decides them.

<root>/<stage>/<key>/            a finished result: one .npy per array, and manifest.json
<root>/<stage>/partial-<key>/    a result being computed; it survives a kill, so work can go on
<root>/locks/<key>               held while a result is computed; the system frees a dead owner's
"""

import fcntl
import hashlib
import json
import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np

from explorer.types import Report, silent

log = logging.getLogger(__name__)

Arrays = Mapping[str, np.ndarray | Path]
"""A value may be the path of an .npy file that was already written into the scratch folder."""
Computed = tuple[Arrays, Mapping[str, Any]]
"""Arrays, and JSON-ready notes."""
Compute = Callable[[Path], Computed]
"""Takes the scratch folder."""


ASIDE = ".partial-"
"""How the names of files begin that are still being written, or that a kill left."""
_MANIFEST = "manifest.json"


class Entry(NamedTuple):
    key: str  # what the result is addressed by; part of the keys of later stages
    folder: Path
    arrays: dict[str, np.ndarray]  # memory-mapped, read-only
    notes: dict[str, Any]


class Store:
    """Keeps results of stages under one folder."""

    def __init__(self, root: Path | str) -> None:
        self.root = Path(root)

    def peek(self, stage: str, version: int, inputs: Mapping[str, Any]) -> Entry | None:
        """The result if it is there and whole; nothing is computed."""
        key = make_key(stage, version, inputs)
        return self.by_key(stage, key)

    def by_key(self, stage: str, key: str) -> Entry | None:
        """A result that somebody names by its key, if it is there and whole."""
        return _read(self.root / stage / key, key)

    def keys(self, stage: str, beginning: str) -> list[str]:
        """The keys of finished results that begin so."""
        folders = (self.root / stage).glob("*/")
        return sorted(each.name for each in folders if each.name.startswith(beginning))

    def fetch(
        self,
        stage: str,
        version: int,
        inputs: Mapping[str, Any],
        compute: Compute,
        report: Report = silent,
    ) -> Entry:
        """Reads the result, or computes and keeps it.

        Args:
            stage: Folder name, such as "embed".
            version: Raise it when `compute` starts returning something else.
            inputs: JSON-ready and complete: every setting, keys of earlier stages.
            compute: Called on a miss, with a scratch folder that may hold what an interrupted
                call left there.
            report: Told when another process is computing the same result.
        """
        if entry := self.peek(stage, version, inputs):
            return entry
        key = make_key(stage, version, inputs)
        with _locked(self.root / "locks" / key, f"another process to finish {stage!r}", report):
            if entry := self.peek(stage, version, inputs):
                return entry
            self._compute(self.root / stage, key, inputs, compute)
        entry = self.peek(stage, version, inputs)
        assert entry is not None, f"the {stage} result was written but cannot be read"
        return entry

    def _compute(self, stage: Path, key: str, inputs: Mapping[str, Any], compute: Compute) -> None:
        folder, scratch = stage / key, stage / f"partial-{key}"
        scratch.mkdir(parents=True, exist_ok=True)
        manifest = scratch / _MANIFEST
        # Where it is there, all arrays are, too, and what a kill left of the rest may have holes.
        if not manifest.exists():
            arrays, notes = compute(scratch)
            sizes = {name: _place(scratch, name, value) for name, value in arrays.items()}
            values = {"inputs": inputs, "sizes": sizes, "notes": notes}
            write_aside(manifest, json.dumps(values).encode())
        kept = {_MANIFEST, *(f"{name}.npy" for name in json.loads(manifest.read_bytes())["sizes"])}
        for path in scratch.iterdir():
            if path.name not in kept:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        if folder.exists():  # damaged: `peek` did not take it
            shutil.rmtree(folder)
        scratch.rename(folder)


def make_key(stage: str, version: int, inputs: Mapping[str, Any]) -> str:
    manifest = json.dumps({"stage": stage, "version": version, "inputs": inputs}, sort_keys=True)
    return hashlib.sha256(manifest.encode()).hexdigest()[:24]


def write_aside(path: Path, content: bytes) -> None:
    """Writes a file so that a reader, or a kill, sees all of it or none of it."""
    aside = path.with_name(f"{ASIDE}{os.getpid()}-{path.name}")
    with aside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)


def save_aside(path: Path, array: np.ndarray) -> None:
    """`np.save` that a kill cannot leave half done."""
    aside = path.with_name(f"{ASIDE}{os.getpid()}-{path.name}")
    with aside.open("wb") as file:
        np.save(file, array, allow_pickle=False)
    aside.replace(path)


def try_lock(path: Path, shared: bool = False) -> IO[bytes] | None:
    """Locks a file for as long as the answer stays open, or None where somebody else has it.

    Any number of shared locks may exist at once, but not beside another kind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("ab")
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


@contextmanager
def _locked(path: Path, what: str, report: Report) -> Iterator[None]:
    start = time.monotonic()
    while (file := try_lock(path)) is None:
        report(0.0, f"Waiting for {what}, {time.monotonic() - start:.0f} s")
        time.sleep(0.2)
    with file:
        yield


def _place(scratch: Path, name: str, value: np.ndarray | Path) -> int:
    """Puts an array at its final name in the scratch folder; returns the bytes of the file."""
    path = scratch / f"{name}.npy"
    if isinstance(value, Path):
        value.rename(path)
    else:
        save_aside(path, np.ascontiguousarray(value))
    return path.stat().st_size


def _read(folder: Path, key: str) -> Entry | None:
    """Opens a finished result; a damaged one counts as missing, with a warning."""
    if not folder.exists():
        return None
    try:
        manifest = json.loads((folder / _MANIFEST).read_bytes())
        for name, size in manifest["sizes"].items():
            found = (folder / f"{name}.npy").stat().st_size
            if found != size:
                raise ValueError(f"{name}.npy has {found:,} bytes instead of {size:,}")
        arrays = {name: _open_array(folder / f"{name}.npy") for name in manifest["sizes"]}
        return Entry(key, folder, arrays, manifest["notes"])
    except (OSError, ValueError, KeyError) as error:
        log.warning("The stored result %s is damaged (%s); it will be made again.", folder, error)
        return None


def _open_array(path: Path) -> np.ndarray:
    array = np.load(path, mmap_mode="r", allow_pickle=False)
    return array.view(np.ndarray)  # a plain array over the same pages: slices are not memmaps
