"""Whether files that are found in a folder are in it: links may lead out.

Archives and clones bring links along, and the page shows what is read to whoever opens it.
"""

import os
import stat
from pathlib import Path


def is_special(mode: int) -> bool:
    """Whether it is neither a file nor a folder."""
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


class Bounds:
    """The limits of a folder. The folder itself may be reached by a link."""

    def __init__(self, folder: Path) -> None:
        real = Path(os.path.realpath(folder))
        if real.parent.name == "snapshots" and (real.parents[1] / "blobs").is_dir():
            real = real.parents[1]  # the Hub's cache: files of a snapshot are links to blobs
        self._root = str(real)
        self._known: dict[str, bool] = {}  # by folder

    def hold(self, path: str | Path) -> bool:
        """Whether a path, its links followed, stays in the folder; False where it cannot be."""
        return self.look(path) is not None

    def look(self, path: str | Path) -> os.stat_result | None:
        """What a path that stays in the folder is, its links followed; else None.

        None, too, of a pipe or a device: to read it may never end.
        """
        text = os.fspath(path)
        try:
            found = os.lstat(text)
            if stat.S_ISLNK(found.st_mode):
                found = os.stat(text)
                return found if self._holds(text) and not is_special(found.st_mode) else None
        except (OSError, ValueError):
            return None
        parent = text.rpartition(os.sep)[0]
        if parent not in self._known:
            self._known[parent] = self._holds(parent)
        return found if self._known[parent] and not is_special(found.st_mode) else None

    def _holds(self, path: str) -> bool:
        real = os.path.realpath(path)
        return real == self._root or real.startswith(self._root.rstrip(os.sep) + os.sep)
