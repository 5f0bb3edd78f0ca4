"""Files that a reader, or a kill, sees whole or not at all."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np

from explorer.errors import ConfigError

ASIDE = ".partial-"
"""How the names of files begin that are still being written, or that a kill left."""


def own_name(name: str) -> str:
    """A name of a file aside that no other process takes, of whichever machine."""
    return f"{ASIDE}{os.getpid()}-{secrets.token_hex(4)}-{name}"


def write_aside(path: Path, content: bytes) -> None:
    """Writes a file so that a reader, or a kill, sees all of it or none of it."""
    with _aside(path) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def make_array(path: Path, dtype: np.dtype[Any], shape: tuple[int, ...]) -> np.memmap:
    """An .npy file to be filled, mapped into memory, for which there is room on the disk.

    Without the room a write into mapped memory would end the process by a signal; with it a full
    disk is an `OSError` here.
    """
    array = np.lib.format.open_memmap(path, "w+", dtype=dtype, shape=shape)
    with path.open("r+b") as file:
        if hasattr(os, "posix_fallocate"):  # elsewhere it is no part of the system
            os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
    return array


def save_aside(path: Path, array: np.ndarray) -> None:
    """`np.save` that a kill cannot leave half done."""
    with _aside(path) as file:
        np.save(file, array, allow_pickle=False)


@contextmanager
def _aside(path: Path) -> Iterator[IO[bytes]]:
    """A file that takes the place of `path` when it is whole; on a full disk nothing is left."""
    aside = path.with_name(own_name(path.name))
    try:
        with aside.open("wb") as file:
            yield file
    except OSError:
        aside.unlink(missing_ok=True)
        raise
    aside.replace(path)


@contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """A folder to fill, which takes the place of `out` when everything is in it.

    Raises:
        ConfigError: `out` is there, and no empty folder.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ConfigError(f"{out} is not an empty folder; name another one.")
    partial = out.absolute().with_name(f"{ASIDE}{out.name}")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        yield partial
    except BaseException:  # a full disk, or Ctrl-C: half of it is of no use
        shutil.rmtree(partial, ignore_errors=True)
        raise
    partial.replace(out)
