"""Sentences on classes that may not be what those who wrote the data meant."""

import re
from collections.abc import Iterator, Sequence, Set

from explorer.data.left_out import shortened

_APART = re.compile(r"\s*[|;,&+]\s*|\s+")
_BLANKS = re.compile(r"\s+|(?<=\w)[_-](?=\w)")
_ZEROS = re.compile(r"(?<![0-9.])0+(?=[0-9])")
_NONE = frozenset(("none", "n/a", "na", "-", "?", "unknown", "unlabeled", "unlabelled", "#n/a"))
_NUMBER = re.compile(r"-?[0-9]+")


def doubts(classes: Sequence[str], given: Sequence[str]) -> Iterator[str]:
    """What is to be said of classes with images; `given` are the names that the data count.

    Examples:
        >>> list(doubts(["cat", "cat|dog", "dog"], []))
        ['Classes that seem to be several at once: 1 (cat|dog); an image has one.']
    """
    found = {*classes}
    yield from _nearly_same(classes)
    several = [name for name in classes if _joins(name, found)]
    yield from _told("that seem to be several at once", several, "; an image has one")
    if {"-1", "0"} <= found and all(map(_NUMBER.fullmatch, classes)):
        yield "-1 is a class like the others; where it means none, take these rows out."
    yield from _in_several_folders(classes)
    within = [name for name in classes if _above(name) & found]
    yield from _told("whose folders lie in those of others", within)
    none = [name for name in classes if name.casefold() in _NONE]
    yield from _told("that may mean that there is none", none)
    yield from _told("that are named and have no image", [n for n in given if n not in found])


def _told(what: str, classes: Sequence[str], hint: str = "") -> Iterator[str]:
    if classes:
        yield f"Classes {what}: {len(classes):,} ({shortened(', '.join(classes))}){hint}."


def _nearly_same(classes: Sequence[str]) -> Iterator[str]:
    alike: dict[str, list[str]] = {}
    for name in classes:
        plain = _ZEROS.sub("", _BLANKS.sub(" ", name.casefold()))
        alike.setdefault(plain.strip(), []).append(name)
    if several := [", ".join(map(repr, names)) for names in alike.values() if len(names) > 1]:
        listed = shortened("; ".join(several))
        yield f"Classes that differ in case, blanks, dashes or leading zeros only: {listed}."


def _in_several_folders(classes: Sequence[str]) -> Iterator[str]:
    """A sentence on classes that only the folders above tell apart, as parts of a set do."""
    alike: dict[str, list[str]] = {}
    for name in classes:
        alike.setdefault(name.rpartition("/")[2].strip(), []).append(name)
    if several := [", ".join(names) for names in alike.values() if len(names) > 1]:
        listed = shortened("; ".join(several))
        yield f"Classes that only the folders above them tell apart: {listed}; each is its own."


def _above(name: str) -> Set[str]:
    """The paths of the folders that a folder of this path lies in."""
    parts = name.split("/")
    return {"/".join(parts[:n]) for n in range(1, len(parts))}


def _joins(name: str, classes: Set[str]) -> bool:
    """Whether a name consists of others."""
    parts = [part for part in _APART.split(name) if part]
    return len(parts) > 1 and name not in parts and {*parts} <= classes
