"""Where the images are that tables name: each table is asked for itself.

Names are relative to the folder that their table is in, or to the dataset's folder, or else to a
folder below that holds them. A folder that is called as a split holds that split before any other;
where nothing else says the split, and there is train and another, it is that of the image's folder.
Where a name fits in several places that hold different images, nothing is guessed: the dataset is
refused. Nor is a name that is missing from its own place taken from one that is another split's.
"""

import posixpath
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from explorer.data.left_out import LeftOut
from explorer.data.reading.folder import files_in
from explorer.data.reading.image_folder import ImageFolder
from explorer.data.reading.masks import Masks
from explorer.data.reading.same_files import first_different
from explorer.data.reading.spellings import (
    absolute_parts,
    is_address,
    is_content,
    is_packed,
    leads_up,
    spellings,
)
from explorer.data.reading.tree import Tree
from explorer.data.records import Reading, Record
from explorer.data.splits import Files, split_named
from explorer.errors import BadDataError

_PROBED = 2000
"""Absolute names, spread over all, that say how much of their beginning is not here."""


class Table(NamedTuple):
    """What a file says of images."""

    path: Path
    records: Iterable[Record]  # their places are names as the table has them


class _Group(NamedTuple):
    """The names that one table gives of one split."""

    beside: str | None  # the table's folder, relative to the dataset's; None where it is elsewhere
    split: str | None  # None where nobody says it
    names: Sequence[str]


def locate(
    folder: Path, tables: Iterable[Table], left_out: LeftOut, masks: Masks | None = None
) -> Reading:
    """Reads all tables, and finds the files that they name.

    `masks` are those of the images, which count where these have captions and classes.

    Returns:
        The records, whose places are paths relative to the folder. Images that are not there stay;
        names that cannot be of a file in the folder are counted in `left_out`.
    """
    tree = Tree(folder)
    read = [(table.path, list(_usable(table.records, left_out))) for table in tables]
    relative = _relative_names(tree, [each.place for _, records in read for each in records])
    searches = {
        (path, split): _Search(tree, group)
        for path, records in read
        for split, group in _groups(folder, path, records, relative)
    }
    for search in searches.values():
        search.look_in_own_places()
    taken = {path for search in searches.values() for path in search.found.values()}
    for search in searches.values():
        search.look_in_places_of_others(taken)
    named = {path for search in searches.values() for path in search.found.values()}
    if masks and any(each.label and each.captions for _, records in read for each in records):
        named |= {mask for path in named if (mask := masks.of(path))}
    else:
        masks = None
    left_out.add_all("images that no table names", [p for p in tree.images() if p not in named])
    records = _placed(read, searches, relative, left_out)
    places = dict.fromkeys(place for search in searches.values() for place in search.unusual)
    notes = [f"Images lie in {_listed(f'{place}/' for place in places)}."] if places else []
    notes += [f"Masks are in {_listed(f'{each}/' for each in masks.folders)}."] if masks else []
    hint = _packed(folder) if any(search.is_short for search in searches.values()) else ""
    if hint:
        notes.append(f"{hint}.")
    files = [path for path, _ in read]
    mask_of = masks.of if masks else None
    return Reading(
        records, ImageFolder(folder, hint), notes, left_out, files=files, mask_of=mask_of
    )


def locate_all(
    folder: Path, files: Files, records: Callable[[Path, str, LeftOut], Iterator[Record]]
) -> Reading:
    """As `locate`, of the table of each split; `records` reads one."""
    left_out = LeftOut()
    tables = (Table(path, records(path, split, left_out)) for split, path in files.items())
    return locate(folder, tables, left_out)


def fits(folder: Path, names: Sequence[str]) -> bool:
    """Whether a folder has any of the images that are named so."""
    return any(Tree(folder).everywhere(names).values())


class _Search:
    """Looks for the files of a group's names, place after place, the likeliest first."""

    def __init__(self, tree: Tree, group: _Group) -> None:
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


def _usable(records: Iterable[Record], left_out: LeftOut) -> Iterator[Record]:
    reasons: dict[str, str] = {}  # an image has several captions, a row each
    for each in records:
        if each.place not in reasons:
            reasons[each.place] = _unusable(each.place)
        if reason := reasons[each.place]:
            left_out.add(reason, each.place)
        else:
            yield each


def _unusable(name: str) -> str:
    """What an image is, in the plural, that cannot be a file here; "" where it can."""
    if is_packed(name):
        return "images in archives, which must be unpacked first"
    if is_address(name):
        return "images named by address, which must be fetched first, for example with img2dataset"
    return "images written as text where a name is needed" if is_content(name) else ""


def _relative_names(tree: Tree, names: Sequence[str]) -> dict[str, str]:
    """Absolute names, of another machine as a rule, as relative ones.

    The same number of folders is cut off all of them, so that different names stay different: as
    many as leave the most names that are here, and of what they share only. Where none is
    absolute, all may begin with the dataset's own folder.
    """
    names = list(dict.fromkeys(names))
    parts = {name: found for name in names if (found := absolute_parts(name))}
    if not parts:
        return _from_above(tree, names)
    shared = len(posixpath.commonprefix([each[:-1] for each in parts.values()]))  # of tuples
    probed = list(parts.values())[:: max(1, len(parts) // _PROBED)]
    counts = [_count(tree, ["/".join(each[n:]) for each in probed]) for n in range(shared + 1)]
    cut = counts.index(max(counts)) if max(counts) else shared
    return {name: "/".join(found[cut:]) for name, found in parts.items()}


def _from_above(tree: Tree, names: Sequence[str]) -> dict[str, str]:
    """Names that begin with the name of the dataset's own folder, without it; if they fit so."""
    own = tree.root.resolve().parts
    shared = posixpath.commonprefix([name.split("/")[:-1] for name in names])
    for n in range(len(shared), 0, -1):
        if tuple(shared[:n]) == own[-n:] and not _count(tree, names[:: len(names) // _PROBED or 1]):
            cut = {name: name.split("/", n)[n] for name in names}
            there = set().union(*tree.everywhere(tuple(cut.values())).values())
            return {name: rest for name, rest in cut.items() if rest in there}
    return {}


def _count(tree: Tree, names: Sequence[str]) -> int:
    return len({name for there in tree.everywhere(tuple(names)).values() for name in there})


def _groups(
    folder: Path, path: Path, records: Sequence[Record], relative: Mapping[str, str]
) -> Iterator[tuple[str, _Group]]:
    by_split: dict[str, dict[str, None]] = {}
    for each in records:
        by_split.setdefault(each.split, {})[relative.get(each.place, each.place)] = None
    is_below = path.is_relative_to(folder)
    where = path.relative_to(folder) if is_below else path
    beside = where.parent.as_posix().removeprefix(".") if is_below else None
    for split, names in by_split.items():
        said = len(by_split) > 1 or split_named(where.as_posix() if is_below else path.name)
        yield split, _Group(beside, split if split and said else None, list(names))


def _placed(
    read: Sequence[tuple[Path, Iterable[Record]]],
    searches: Mapping[tuple[Path, str], _Search],
    relative: Mapping[str, str],
    left_out: LeftOut,
) -> Iterator[Record]:
    n_tables = Counter(split for _, split in searches)
    by_folder = _say_splits(searches[key].found.values() for key in searches if not key[1])
    seen: dict[tuple[str, str], tuple[int, list[str]]] = {}  # by split and place
    called: dict[
        tuple[str | None, str | None], str
    ] = {}  # an image has one name, however it is spelled
    for number, (path, records) in enumerate(read):
        found: dict[tuple[str, str], tuple[str | None, str | None, str]] = {}
        for each in records:
            key = each.split, each.place
            if key not in found:
                place = _place(each.place, searches[path, each.split], relative)
                said = each.split or (_split_of(place) if by_folder and place else "")
                found[key] = place, said, called.setdefault((said, place), each.name)
            place, said, name = found[key]
            if place is None:
                left_out.add("images that are not inside the folder", each.place)
                continue
            if said is None:
                left_out.add("images outside the folders of splits", each.place)
                continue
            if n_tables[each.split] > 1:
                first, captions = seen.setdefault((each.split, place), (number, []))
                if first != number and each.captions and set(each.captions) <= set(captions):
                    left_out.add("rows that another table has, too", each.place)
                    continue
                captions += each.captions
            yield Record(said, name, each.captions, place, each.label, each.columns)


def _say_splits(found: Iterable[Iterable[str]]) -> bool:
    """Whether the folders of these images are called train and another split."""
    said = {split for paths in found for split in map(_split_of, paths)} - {None}
    return "train" in said and len(said) > 1


def _split_of(place: str) -> str | None:
    return split_named(posixpath.dirname(place))


def _place(named: str, search: _Search, relative: Mapping[str, str]) -> str | None:
    """The path of an image in the folder, whether it is there or not; None where it cannot be."""
    name = relative.get(named, named)
    place = search.found.get(name)
    if place is None and (named in relative or leads_up(name) or not name):
        return None
    return posixpath.join(*search.unusual[:1], name) if place is None else place


def _packed(folder: Path) -> str:
    """What there is to say of archives that may hold what is missing; "" where there are none."""
    packed = [each.name for each in files_in(folder, "*.zip", "*.tar.gz", "*.tgz", "*.7z", "*.rar")]
    return f"{_listed(packed)} must be unpacked first" if packed else ""


def _listed(names: Iterable[str]) -> str:
    *some, last = names
    return f"{', '.join(some[:5])} and {last}" if some else last
