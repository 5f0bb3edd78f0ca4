"""The files and folders in a folder: all of them, or those that are called as is asked."""

import fnmatch
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path, PurePosixPath

from explorer.data.left_out import LeftOut
from explorer.data.reading.bounds import Bounds
from explorer.data.reading.listing import Listing, listing
from explorer.errors import BadDataError

_DEEPEST = 3
_MOST_FOLDERS = 2000
"""Where a folder that holds images is looked for: so deep, and so many."""


def file_stamp(path: str | Path) -> str:
    """Size and time of change; OSError where there is no such file."""
    found = os.stat(path)
    return f"{found.st_size}:{found.st_mtime_ns}"


def walk(folder: Path, left_out: LeftOut | None = None) -> Iterator[tuple[PurePosixPath, Listing]]:
    """The folder and all below it, by path, each with what is in it.

    Left out are what systems keep for themselves, what this program wrote, and links that lead
    out of the folder, which are counted as folders that cannot be read are, or back.
    """
    left_out = LeftOut() if left_out is None else left_out
    bounds, seen = Bounds(folder), {os.path.realpath(folder)}
    left = [(PurePosixPath(), folder)]
    while left:
        where, place = left.pop()
        there = listing(place)
        if not there.is_readable:
            left_out.add("folders that cannot be read", where)
        yield where, there
        below = []
        for name in there.folders:
            if not bounds.hold(place / name):
                left_out.add("folders that lie elsewhere and are linked to", where / name)
            elif _is_new(place / name, seen):
                below.append((where / name, place / name))
        left += reversed(below)


def folders_below(folder: Path, deepest: int = _DEEPEST) -> Iterator[Path]:
    """The folder and those below it, the nearest first, without those that `walk` leaves out."""
    return chain.from_iterable(_levels(folder, deepest))


def _levels(folder: Path, deepest: int) -> Iterator[list[Path]]:
    level, seen, bounds = [folder], {os.path.realpath(folder)}, Bounds(folder)
    n_seen = 0
    for _ in range(deepest + 1):
        yield level[: _MOST_FOLDERS - n_seen]
        n_seen += len(level)
        if n_seen >= _MOST_FOLDERS:
            return
        below = (each for above in level for each in subfolders(above))
        level = [each for each in below if bounds.hold(each) and _is_new(each, seen)]


def _is_new(folder: Path, seen: set[str]) -> bool:
    """Whether a folder was not reached yet, by a link or without; it is then."""
    real = os.path.realpath(folder)
    is_new = real not in seen
    seen.add(real)
    return is_new


def subfolders(folder: Path) -> list[Path]:
    """Folders directly in a folder that may hold data, by name; none where it cannot be read."""
    return [folder / name for name in listing(folder).folders]


def nearest_files(folder: Path, *patterns: str, deepest: int = 1) -> list[Path]:
    """The files that fit a pattern, as deep as the nearest of them; by path."""
    found = (_files_in(level, patterns, folder) for level in _levels(folder, deepest))
    return next(filter(None, found), [])


def all_files(folder: Path, *patterns: str, deepest: int = 2) -> list[Path]:
    """All files that fit a pattern; by path."""
    return _files_in(folders_below(folder, deepest), patterns, folder)


def files_in(folder: Path, *patterns: str) -> list[Path]:
    """The files directly in a folder that fit a pattern; by path."""
    return _files_in([folder], patterns, folder)


def _files_in(folders: Iterable[Path], patterns: Sequence[str], root: Path) -> list[Path]:
    """Patterns are in lower case and say how names end; names may be in any case."""
    fits = re.compile("|".join(map(fnmatch.translate, patterns))).match
    suffixes = list(dict.fromkeys(os.path.splitext(each)[1] for each in patterns))
    found, bounds = list[Path](), Bounds(root)
    for folder in folders:
        there = listing(folder)
        for name in there.ending(suffixes):
            path = folder / name if fits(name.lower()) else None
            if path and (name not in there.links or _leads_to_a_file(path, bounds)):
                found.append(path)
    return sorted(found)


def _leads_to_a_file(link: Path, bounds: Bounds) -> bool:
    """Whether a link does not lead to nothing. Refuses one that leads out, as nothing else can."""
    if not link.is_file():
        return False
    if not bounds.hold(link):
        raise BadDataError(f"{link} is a link that leads out of the folder; copy the file into it.")
    return True
