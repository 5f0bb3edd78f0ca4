"""Classes of images that a text near them tells, as Tiny ImageNet's `val_annotations.txt` does."""

import re
from collections.abc import Iterator, Set
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from explorer.data.images import is_image_name
from explorer.data.reading.listing import listing
from explorer.data.reading.text import head, read_text

_APART = re.compile(r"[\s,;]+")


class ToldClasses(NamedTuple):
    """What a text says."""

    path: Path
    class_of: dict[str, str]
    """By the name of an image without its folders."""


def told_classes(root: Path, where: PurePosixPath, classes: Set[str]) -> ToldClasses | None:
    """The only text in a folder of images, or in the nearest above that has any, that tells theirs.

    Each line that counts begins with the name of an image and one of `classes`; an image that a
    text gives two classes has none. None where there is no such text, or several.
    """
    for place in (where, *where.parents):
        found = [each for each in _in(root / place, classes) if each.class_of]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def numbered_by(root: Path, where: PurePosixPath) -> str:
    """The text, by its path, that gives numbers to images of a folder; "" without one.

    What numbers mean is not guessed: those of ImageNet's lists and of its devkit differ.
    """
    for place in (where, *where.parents):
        for name in listing(root / place).ending([".txt"]):
            if not (root / place / name).is_symlink():
                rows = map(_APART.split, head(root / place / name).split("\n")[:1])
                if any(_is_numbered(root / where, row) for row in rows):
                    return (place / name).as_posix()
    return ""


def _is_numbered(folder: Path, row: list[str]) -> bool:
    name = PurePosixPath(row[0]).name
    return row[1:2] != [] and row[1].isdecimal() and name in listing(folder).names


def _in(folder: Path, classes: Set[str]) -> Iterator[ToldClasses]:
    for name in listing(folder).ending([".txt"]):
        path = folder / name
        if not path.is_symlink() and any(_pairs(head(path), classes)):
            yield ToldClasses(path, _by_name(read_text(path), classes))


def _by_name(text: str, classes: Set[str]) -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for name, label in _pairs(text, classes):
        found.setdefault(name, set()).add(label)
    return {name: labels.pop() for name, labels in found.items() if len(labels) == 1}


def _pairs(text: str, classes: Set[str]) -> Iterator[tuple[str, str]]:
    for line in text.split("\n"):
        cells = _APART.split(line.strip())
        if len(cells) > 1 and cells[1] in classes and is_image_name(cells[0]):
            yield PurePosixPath(cells[0]).name, cells[1]
