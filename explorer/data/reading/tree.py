"""The files in a folder and below, found by names in any spelling, with their suffix or without."""

import os
import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import NamedTuple

from explorer.data.images import SUFFIXES
from explorer.data.reading.folder import folders_below
from explorer.data.reading.listing import listing
from explorer.data.reading.spellings import fold, spellings

_DEEPEST = 3
"""How deep the places are that names may be relative to."""


class File(NamedTuple):
    """Where a file is that fits the last part of a name; both relative to the tree's root."""

    folder: str  # "" is the root
    name: str


class Tree:
    """Looks names up in one folder; each folder below is listed once at most."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._listed: dict[str, Mapping[str, list[str]]] = {}
        self._names: dict[str, Set[str] | None] = {}  # by folder; None of one that none may list

    def find(self, place: str, name: str) -> str | None:
        """The path of a file that is named relative to a place, as it is spelled on the disk."""
        paths = [path for each in spellings(name) if (path := _inside(place, each))]
        for path in paths:
            if self._is_there(path):
                return path
        return next((found for path in paths if (found := self._respelled(path))), None)

    def _is_there(self, path: str) -> bool:
        folder, _, name = path.rpartition("/")
        if folder not in self._names:
            there = listing(self.root / folder)
            self._names[folder] = there.names if there.is_readable else None
        names = self._names[folder]
        return os.path.exists(f"{self.root}{os.sep}{path}") if names is None else name in names

    def _respelled(self, path: str) -> str | None:
        folder = ""
        for part in path.split("/"):
            there = self._listing(folder)
            fitting = there.get(fold(part)) or there.get(_as_stem(fold(part)), [])
            if part not in fitting and len(fitting) != 1:
                return None
            folder = posixpath.join(folder, part if part in fitting else fitting[0])
        return folder

    def _listing(self, folder: str) -> Mapping[str, list[str]]:
        if folder not in self._listed:
            found: dict[str, list[str]] = {}
            for name in listing(self.root / folder).names:
                found.setdefault(fold(name), []).append(name)
                if stem := _stem(name):
                    found.setdefault(_as_stem(stem), []).append(name)
            self._listed[folder] = found
        return self._listed[folder]

    def everywhere(self, names: Iterable[str]) -> dict[str, dict[str, str]]:
        """For each place in the tree, the paths of the relative names that fit there."""
        wanted = {name: [_folded(each) for each in spellings(name)] for name in names}
        last = {parts[-1] for each in wanted.values() for parts in each if parts}
        deepest = max((len(parts) for each in wanted.values() for parts in each), default=1)
        files = self._files_called(last, _DEEPEST + deepest - 1)
        found: dict[str, dict[str, str]] = {}
        for name, ways in wanted.items():
            exact = posixpath.basename(name)
            for parts in ways:
                for folder, each in _one_of_each(files.get(parts[-1] if parts else "", []), exact):
                    if (place := _above(folder, parts[:-1])) is not None:
                        found.setdefault(place, {}).setdefault(name, posixpath.join(folder, each))
        return found

    def images(self) -> Iterator[str]:
        """The paths of all images, relative to the root."""
        for folder in folders_below(self.root):
            where = folder.relative_to(self.root).as_posix().removeprefix(".")
            for name in listing(folder).ending(SUFFIXES):
                yield posixpath.join(where, name)

    def _files_called(self, names: set[str], deepest: int) -> dict[str, list[File]]:
        found: dict[str, list[File]] = {}
        for folder in folders_below(self.root, deepest):
            where = folder.relative_to(self.root).as_posix()
            for name in listing(folder).files:
                file = File("" if where == "." else where, name)
                for each in {fold(name), _stem(name)} & names:
                    found.setdefault(each, []).append(file)
        return found


def _stem(name: str) -> str:
    """What an image's name is without its suffix, folded; "" where it is no image's."""
    stem, suffix = posixpath.splitext(name)
    return fold(stem) if suffix.lower() in SUFFIXES else ""


def _as_stem(folded: str) -> str:
    """The key of the images that are called so but for their suffix."""
    return f"{folded}."


def _inside(place: str, name: str) -> str | None:
    """A path relative to the root, or None where it leads out."""
    if name[:1] == "/":
        return None
    path = posixpath.join(place, name) if name else ""
    if "." not in path[:1] and "//" not in path and "/." not in path:
        return path or None
    path = posixpath.normpath(path)
    return None if path in (".", "..") or path.startswith("../") else path


def _folded(name: str) -> list[str]:
    """The parts of a name, folded; none of one that leads up or is absolute."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    return [] if ".." in parts or name[:1] == "/" else [fold(part) for part in parts]


def _one_of_each(files: Sequence[File], exact: str) -> Iterable[File]:
    """One file of each folder: the one that is called exactly so; none where that is unclear."""
    if len(files) == 1:
        yield files[0]
        return
    by_folder: dict[str, list[File]] = {}
    for each in files:
        by_folder.setdefault(each.folder, []).append(each)
    for same in by_folder.values():
        chosen = [each for each in same if each.name == exact] or same
        if len(chosen) == 1:
            yield chosen[0]


def _above(folder: str, below: list[str]) -> str | None:
    """The folder that this one is `below` of; None where its last parts are others."""
    if not below:
        return folder
    parts = folder.split("/") if folder else []
    n = len(parts) - len(below)
    return "/".join(parts[:n]) if n >= 0 and [fold(p) for p in parts[n:]] == below else None
