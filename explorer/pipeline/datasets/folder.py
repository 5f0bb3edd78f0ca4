"""Pictures as files in a folder, and how the files that describe them are found."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain, islice
from pathlib import Path, PurePosixPath

from PIL import Image

from explorer.errors import BadDataError
from explorer.pipeline.datasets.pictures import open_picture
from explorer.pipeline.datasets.records import MISSING, Record

_PROBED = 20
"""First pictures of a dataset that say which folder their names are relative to."""
_DEEPEST = 3
_MOST_FOLDERS = 2000
"""Where a folder that holds pictures is looked for: so deep, and so many."""


class PictureFolder:
    """Pictures named relative to a folder; a `Source` whose places are those names."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def open(self, place: str) -> Image.Image:
        return open_picture(self._path(place))

    def stamp(self, place: str) -> str:
        try:
            return file_stamp(self._path(place))
        except (OSError, ValueError):  # ValueError: a name with a zero byte in it
            return MISSING

    def _path(self, name: str) -> Path:
        """Refuses names that lead out: the page shows pictures to whoever opens it."""
        if "://" in name:
            raise BadDataError(
                f"Pictures are named by address, such as {name}; fetch them first, for example "
                "with img2dataset, and name its output folder."
            )
        if not name or name[0] == "/" or (".." in name and ".." in PurePosixPath(name).parts):
            raise BadDataError(
                f"{self.root} names the picture {name!r}, which is not inside the folder."
            )
        return self.root / name


def file_stamp(path: Path) -> str:
    """Size and time of change; OSError where there is no such file."""
    found = path.stat()
    return f"{found.st_size}:{found.st_mtime_ns}"


def read_text(path: Path) -> str:
    """A UTF-8 file, with or without the mark that some editors put first."""
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadDataError(f"{path} is not UTF-8 text: {error.reason}.") from error
    except OSError as error:
        raise BadDataError(f"{path} cannot be read: {error.strerror}.") from error


def pictures_below(
    folder: Path, records: Iterable[Record]
) -> tuple[PictureFolder, Iterator[Record], list[str]]:
    """Where the pictures are that the first records name.

    Returns:
        The pictures, the records again, and a sentence where they lie deeper than in `folder`.
    """
    records = iter(records)
    first = list(islice(records, _PROBED))
    root = find_root(folder, [record.place for record in first])
    notes = [] if root == folder else [f"Pictures lie in {root.relative_to(folder)}/."]
    return PictureFolder(root), chain(first, records), notes


def find_root(folder: Path, names: Sequence[str]) -> Path:
    """The folder, or the first one below it, in which most of these pictures are.

    It is `folder` itself where none of them is anywhere.
    """
    best, most = folder, 0
    for each in folders_below(folder):
        found = count_there(each, names)
        if found > most:
            best, most = each, found
        if most == len(names):
            break
    return best


def count_there(folder: Path, names: Iterable[str]) -> int:
    """How many of these pictures are in a folder."""
    pictures, found = PictureFolder(folder), 0
    for name in names:
        with suppress(BadDataError):  # a name that leads out of the folder
            found += pictures.stamp(name) != MISSING
    return found


def folders_below(folder: Path, deepest: int = _DEEPEST) -> Iterator[Path]:
    """The folder and those below it, the nearest first; hidden ones are passed over."""
    return chain.from_iterable(_levels(folder, deepest))


def _levels(folder: Path, deepest: int) -> Iterator[list[Path]]:
    level, n_seen = [folder], 0
    for _ in range(deepest + 1):
        yield level[: _MOST_FOLDERS - n_seen]
        n_seen += len(level)
        if n_seen >= _MOST_FOLDERS:
            return
        level = [below for each in level for below in subfolders(each)]


def subfolders(folder: Path) -> list[Path]:
    """Folders directly in a folder, by name; none where it cannot be looked into."""
    try:
        found = [each for each in folder.iterdir() if each.name[0] != "." and each.is_dir()]
    except OSError:
        return []
    return sorted(found)


def nearest_files(folder: Path, *patterns: str, deepest: int = 1) -> list[Path]:
    """The files that fit a pattern, as deep as the nearest of them; by path."""
    found = (_files_in(level, patterns) for level in _levels(folder, deepest))
    return next(filter(None, found), [])


def all_files(folder: Path, *patterns: str, deepest: int = 2) -> list[Path]:
    """All files that fit a pattern; by path."""
    return _files_in(folders_below(folder, deepest), patterns)


def _files_in(folders: Iterable[Path], patterns: Sequence[str]) -> list[Path]:
    found = {path for folder in folders for pattern in patterns for path in folder.glob(pattern)}
    return sorted(path for path in found if path.is_file())
