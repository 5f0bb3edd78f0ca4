"""Texts with an image and its class in each line, as `train.txt` and `test.txt` have them.

What follows the name of an image is its class: a number, maybe with numbers behind it that are the
same for all images of the class, or a few words. Captions and boxes are not of so few kinds.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from explorer.data.reading.folder import all_files
from explorer.data.reading.text import head, read_text
from explorer.data.splits import WORDS, split_called

_SPLIT = re.compile(rf"(?<![a-z])(trainval|{WORDS})(?![a-z])", re.I)
_LIKE_LABELS = re.compile(r"label|class|identit", re.I)
_LINE = re.compile(r"\s*(\S+)[ \t]+(\S.*?)\s*")
_NUMBERS = re.compile(r"([0-9]{1,6})(?:\s+[0-9]+)*")
_MOST_LISTS = 100
"""Texts that are called as splits; where there are more, they are captions of single images."""
_MOST_WORDS = 5


class ClassList(NamedTuple):
    """What one text says."""

    path: Path
    names: list[str]  # of images, as they stand there
    classes: list[str]  # of each


def class_lists(folder: Path) -> list[dict[str, ClassList]]:
    """Lists by split that are called alike but for it, train among them; all such groups.

    One of train and val together is that of train, unless train has its own; one that is called as
    labels are and names no split, "", is of all images.
    """
    groups: dict[tuple[Path, str], dict[str, ClassList]] = {}
    paths = all_files(folder, "*.txt")
    called = {path: word for path in paths if (word := _split_in(path.stem)) is not None}
    for path, word in called.items() if len(called) <= _MOST_LISTS else ():
        if _LINE.fullmatch(head(path).split("\n")[0]) and (found := _read(path)):
            group = groups.setdefault((path.parent, _SPLIT.sub("", path.stem)), {})
            group[(split_called(word) or "trainval") if word else ""] = found
    named = map(_by_split, groups.values())
    return [lists for lists in named if {"train", ""} & {*lists} and _are_classes(lists)]


def _split_in(stem: str) -> str | None:
    """The only word of a split in a list's name, "" where it names labels instead; else None."""
    words: list[str] = _SPLIT.findall(stem)
    if not words and _LIKE_LABELS.search(stem):
        return ""
    return words[0] if len(words) == 1 else None


def number_of(class_: str) -> int | None:
    """The number that a class is; None of one in words."""
    found = _NUMBERS.fullmatch(class_)
    return int(found[1]) if found else None


def _read(path: Path) -> ClassList | None:
    lines = [line for line in read_text(path).split("\n") if line.strip()]
    found = [each for line in lines if (each := _LINE.fullmatch(line))]
    if len(found) < len(lines):
        return None
    return ClassList(path, [each[1] for each in found], [each[2] for each in found])


def _by_split(lists: Mapping[str, ClassList]) -> dict[str, ClassList]:
    of_both = {"train": lists["trainval"]} if "trainval" in lists else {}
    return of_both | {split: each for split, each in lists.items() if split != "trainval"}


def _are_classes(lists: Mapping[str, ClassList]) -> bool:
    said = [each for split in lists.values() for each in split.classes]
    classes = {each if (number := number_of(each)) is None else number for each in said}
    is_short = all(len(each.split()) <= _MOST_WORDS for each in said)
    return is_short and len({*said}) == len(classes) and 1 < len(classes) <= len(said) / 2
