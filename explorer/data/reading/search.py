"""Looks for the images of one table's names, place after place, the likeliest first.

Names are relative to the folder that their table is in, or to the dataset's folder, or else to a
folder below that holds them. A folder that is called as a split holds that split before any other.
Where a name fits in several places that hold different images, nothing is guessed: the dataset is
refused. Nor is a name that is missing from its own place taken from one that is another split's.
"""

import posixpath
from collections.abc import Mapping, Sequence, Set
from functools import cached_property
from typing import NamedTuple

from explorer.data.reading.same_files import first_different
from explorer.data.reading.spellings import spellings
from explorer.data.reading.tree import Tree
from explorer.data.splits import split_named
from explorer.errors import BadDataError


class Group(NamedTuple):
    """The names that one table gives of one split."""

    beside: str | None  # the table's folder, relative to the dataset's; None where it is elsewhere
    split: str | None  # None where nobody says it
    names: Sequence[str]


class Search:
    """The files of a group's names, as far as they were looked for."""

    def __init__(self, tree: Tree, group: Group) -> None:
        self._tree, self._group = tree, group
        self.found: dict[str, str] = {}  # paths by name
        self.unusual: list[str] = []  # places other than beside the table and the dataset's folder

    @property
    def is_short(self) -> bool:
        """Whether names are without a file."""
        return len(self.found) < len(self._group.names)

    def look_in_own_places(self) -> None:
        for place in dict.fromkeys((self._group.beside, "")):
            if place is not None and self.is_short:
                there = ((name, self._tree.find(place, name)) for name in self._group.names)
                self._add({place: {name: path for name, path in there if path}})
        if self.is_short:
            for names_split in dict.fromkeys((self._group.split, None)):
                self._add(self._elsewhere(names_split))
        self._give_back()

    def look_in_places_of_others(self, taken: Set[str]) -> None:
        """Where a split has no folder of its own; what other groups have stays theirs."""
        if not (self.is_short and self._group.split):
            return
        for split in {split_named(p) for p in self._anywhere} - {None, self._group.split}:
            places = self._elsewhere(split)
            own = {n: path for there in places.values() for n, path in there.items()}
            missing = {n: p for n, p in own.items() if n not in self.found}
            if not own.keys() & self.found.keys() and not taken & set(missing.values()):
                self._add(places)
        self._give_back()

    @cached_property
    def _anywhere(self) -> Mapping[str, Mapping[str, str]]:
        return self._tree.everywhere(tuple(self._group.names))

    def _elsewhere(self, split: str | None) -> dict[str, Mapping[str, str]]:
        """The places that are called as a split; all of them where nobody says the split."""
        usual = (self._group.beside, "")
        return {
            place: there
            for place, there in self._anywhere.items()
            if place not in usual and (self._group.split is None or split_named(place) == split)
        }

    def _add(self, places: Mapping[str, Mapping[str, str]]) -> None:
        """Adds what is found in places that are equally likely.

        They must agree. With a likelier place that has most of the names they need not: there they
        are something else, such as thumbnails.
        """
        before = dict(self.found)
        for place, there in sorted(places.items(), key=lambda each: -len(each[1])):
            both = {n: (self.found[n], p) for n, p in there.items() if n in self.found}
            if other := first_different(self._tree.root, list(both.values())):
                if before.keys() & both.keys() and len(before) * 2 > len(self._group.names):
                    continue
                raise BadDataError(
                    f"In {self._tree.root} the names of images fit several places: {other[0]} "
                    f"and {other[1]} are different images; put each table beside its images."
                )
            new = {name: path for name, path in there.items() if name not in self.found}
            if new and place not in (self._group.beside, ""):
                self.unusual.append(place)
            self.found |= new

    def _give_back(self) -> None:
        """Leaves a file to the name that is exactly its own, if another name was respelled."""
        if len(set(self.found.values())) == len(self.found):
            return  # no two names lead to one file
        exact = {path for name, path in self.found.items() if _is_exact(name, path)}
        self.found = {
            name: path
            for name, path in self.found.items()
            if path not in exact or _is_exact(name, path)
        }


def _is_exact(name: str, path: str) -> bool:
    last = posixpath.basename(path)
    return any(posixpath.basename(each) == last for each in spellings(name))
