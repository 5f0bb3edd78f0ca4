"""The names in folders; each folder is listed once while a dataset is being opened."""

import os
from collections.abc import Callable, Iterable, Iterator, Set
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
from pathlib import Path

from explorer.data.reading.hidden import is_hidden
from explorer.store.own import is_own


def _is(asked: Callable[[], bool]) -> bool:
    """The answer; False of a link that leads in a circle, or where none may go."""
    try:
        return asked()
    except OSError:
        return False


class Listing:
    """What is directly in a folder; nothing where it cannot be read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.files: list[str] = []  # in order, without those that systems keep for themselves
        self.links: set[str] = set()  # those of them that are links
        self.broken: list[str] = []  # links to nothing among them
        self.names: Set[str] = frozenset()  # of everything
        self.is_readable = True
        below: list[str] = []
        try:
            with os.scandir(folder) as entries:
                for each in entries:
                    if _is(each.is_dir):
                        below.append(each.name)
                        continue
                    is_link, is_file = each.is_symlink(), _is(each.is_file)
                    if is_link or is_file:  # no pipe, which may never end
                        self.files.append(each.name)
                    if is_link:
                        self.links.add(each.name)
                    if is_link and not is_file:
                        self.broken.append(each.name)
        except (OSError, ValueError):
            self.is_readable = False
        self.names = frozenset((*below, *self.files))
        self.files = sorted(name for name in self.files if not is_hidden(name))
        self._below = sorted(name for name in below if not is_hidden(name))

    @cached_property
    def folders(self) -> list[str]:
        """Those that may hold data: this program wrote none of them."""
        return [name for name in self._below if not is_own(self._folder / name)]

    def ending(self, suffixes: Iterable[str]) -> list[str]:
        """The files whose names end so, in any case; in order."""
        found = [self._by_suffix[each] for each in suffixes if each in self._by_suffix]
        return found[0] if len(found) == 1 else sorted(name for names in found for name in names)

    @cached_property
    def _by_suffix(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name in self.files:
            found.setdefault(os.path.splitext(name)[1].lower(), []).append(name)
        return found


_kept: ContextVar[dict[str, Listing] | None] = ContextVar("listings", default=None)


@contextmanager
def listed_once() -> Iterator[None]:
    """Lists no folder twice within; what changes meanwhile is not seen."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def listing(folder: Path) -> Listing:
    """What is in a folder."""
    kept = _kept.get()
    if kept is None:
        return Listing(folder)
    path = str(folder)
    if path not in kept:
        kept[path] = Listing(folder)
    return kept[path]
