"""Where the images are that tables name: each table is asked for itself.

What its names are relative to is told in `search`. Where nothing else says the split, and there is
train and another, it is that of the image's folder.
"""

import posixpath
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from explorer.data.left_out import LeftOut
from explorer.data.reading.folder import files_in
from explorer.data.reading.image_folder import ImageFolder
from explorer.data.reading.masks import Masks
from explorer.data.reading.relative_names import relative_names
from explorer.data.reading.search import Group, Search
from explorer.data.reading.spellings import (
    is_address,
    is_content,
    is_packed,
    leads_up,
)
from explorer.data.reading.tree import Tree
from explorer.data.records import Reading, Record
from explorer.data.splits import Files, split_named


class Table(NamedTuple):
    """What a file says of images."""

    path: Path
    records: Iterable[Record]  # their places are names as the table has them


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
    relative = relative_names(tree, [each.place for _, records in read for each in records])
    searches = {
        (path, split): Search(tree, group)
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


def _groups(
    folder: Path, path: Path, records: Sequence[Record], relative: Mapping[str, str]
) -> Iterator[tuple[str, Group]]:
    by_split: dict[str, dict[str, None]] = {}
    for each in records:
        by_split.setdefault(each.split, {})[relative.get(each.place, each.place)] = None
    is_below = path.is_relative_to(folder)
    where = path.relative_to(folder) if is_below else path
    beside = where.parent.as_posix().removeprefix(".") if is_below else None
    for split, names in by_split.items():
        said = len(by_split) > 1 or split_named(where.as_posix() if is_below else path.name)
        yield split, Group(beside, split if split and said else None, list(names))


def _placed(
    read: Sequence[tuple[Path, Iterable[Record]]],
    searches: Mapping[tuple[Path, str], Search],
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


def _place(named: str, search: Search, relative: Mapping[str, str]) -> str | None:
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
