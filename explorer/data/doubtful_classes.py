"""Sentences on classes that may not be what those who wrote the data meant."""

import re
from collections.abc import Iterator, Sequence, Set

from explorer.data.left_out import shortened

_APART = re.compile(r"\s*[|;,&+]\s*|\s+")
_NUMBER = re.compile(r"-?[0-9]+")


def doubts(classes: Sequence[str], given: Sequence[str]) -> Iterator[str]:
    """What is to be said of classes with images; `given` are the names that the data count.

    Examples:
        >>> list(doubts(["cat", "cat|dog", "dog"], []))
        ['Classes that seem to be several at once: 1 (cat|dog); an image has one.']
    """
    yield from _nearly_same(classes)
    found = {*classes}
    several = [name for name in classes if _joins(name, found)]
    if several:
        listed = shortened(", ".join(several))
        said = "Classes that seem to be several at once"
        yield f"{said}: {len(several):,} ({listed}); an image has one."
    if {"-1", "0"} <= found and all(map(_NUMBER.fullmatch, classes)):
        yield "-1 is a class like the others; where it means none, take these rows out."
    if unused := [name for name in given if name not in found]:
        listed = shortened(", ".join(unused))
        yield f"Classes that are named and have no image: {len(unused):,} ({listed})."


def _nearly_same(classes: Sequence[str]) -> Iterator[str]:
    alike: dict[str, list[str]] = {}
    for name in classes:
        alike.setdefault(" ".join(name.casefold().split()), []).append(name)
    if several := [", ".join(map(repr, names)) for names in alike.values() if len(names) > 1]:
        listed = shortened("; ".join(several))
        yield f"Classes that differ in upper and lower case or in blanks only: {listed}."


def _joins(name: str, classes: Set[str]) -> bool:
    """Whether a name consists of others."""
    parts = [part for part in _APART.split(name) if part]
    return len(parts) > 1 and name not in parts and {*parts} <= classes
