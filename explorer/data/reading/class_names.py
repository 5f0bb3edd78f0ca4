"""Names of classes in a text file beside data whose labels are numbers."""

import re
from collections.abc import Sequence
from pathlib import Path

from explorer.data.reading.folder import files_in
from explorer.data.reading.text import read_text
from explorer.errors import BadDataError

FILES = ("classes.txt", "class_names.txt", "classnames.txt", "label_names.txt")
_NUMBERED = re.compile(r"([0-9]{1,6})[\s:,;.)-]+(\S.*)")
_LARGEST = 1 << 20


def names_beside(folder: Path, files: Sequence[str] = FILES) -> list[str]:
    """The lines of the first such file that is in a folder, in order; none where there is none.

    Raises:
        BadDataError: Two lines are the same, or it is no list of names.
    """
    found = files_in(folder, *files)
    return read_names(min(found, key=lambda path: files.index(path.name.lower()))) if found else []


def read_names(path: Path) -> list[str]:
    """The lines of a file that names a class in each, without empty ones."""
    if path.stat().st_size > _LARGEST:
        raise BadDataError(f"{path} is too large for a list of classes.")
    lines = [" ".join(line.split()) for line in read_text(path).split("\n")]
    return checked(_without_numbers([line for line in lines if line]), path)


def _without_numbers(lines: list[str]) -> list[str]:
    """The names, where each line begins with its number, from 0 or 1 on."""
    found = [_NUMBERED.fullmatch(line) for line in lines]
    numbers = [int(each[1]) for each in found if each]
    begins = numbers[:1] in ([0], [1])
    if not begins or numbers != list(range(numbers[0], numbers[0] + len(lines))):
        return lines
    return [each[2] for each in found if each]


def checked(names: list[str], where: object) -> list[str]:
    """The names, unless two are the same."""
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise BadDataError(f"{where} gives two classes the name {twice!r}.")
    return names
