"""What files held when they were written, so that damage is noticed before it is believed."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Stamp = tuple[int, int, int]
"""Inode, size and time of change: while they are equal, a file is not read again."""


def file_digest(path: Path) -> str:
    """SHA-256 of a file, read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def json_digest(value: Any) -> str:
    """SHA-256 of a JSON value, however it is laid out.

    Examples:
        >>> json_digest({1: 0, 10: 0, 5: 0}) == json_digest({"5": 0, "10": 0, "1": 0})
        True
    """
    written = json.loads(json.dumps(value))  # in which every name is a text
    return hashlib.sha256(json.dumps(written, sort_keys=True).encode()).hexdigest()


def stamp(path: Path) -> Stamp:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


_whole: dict[Path, tuple[Stamp, str]] = {}
"""Files that this process has found whole, with what they hold."""


def check_file(path: Path, digest: str) -> None:
    """Raises a `ValueError` where a file holds something else; reads it once in a process."""
    now = stamp(path)
    if _whole.get(path) == (now, digest):
        return
    if file_digest(path) != digest:
        raise ValueError(changed(path.name))
    _whole[path] = (now, digest)


def changed_files(folder: Path, digests: Mapping[str, str]) -> list[str]:
    """A sentence for each of these files that is not there, or holds something else."""
    found = []
    for name, digest in digests.items():
        path = folder / name
        if not path.is_file():
            found.append(f"{name} is not there.")
        elif file_digest(path) != digest:
            found.append(f"{changed(name)}.")
    return found


def changed(name: str) -> str:
    """What is wrong with a file, as all say it."""
    return f"{name} holds something else than what was written"
