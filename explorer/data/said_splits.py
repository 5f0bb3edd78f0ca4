"""Splits that lists beside the images say, or a column of numbers, where nothing else does."""

import os
import posixpath
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

from explorer.data.left_out import shortened
from explorer.data.reading.field_names import IDENTITIES
from explorer.data.reading.fields import says_no_splits
from explorer.data.reading.spellings import fold
from explorer.data.reading.split_files import SplitFiles, meaning_of, without_numbers
from explorer.data.records import Reading, Record
from explorer.data.splits import may_number, numbered, plain
from explorer.errors import BadDataError

_DISTINCT = 0.9
"""Share of the lines in a list that differ, from which on they may be names."""


class _Saying(NamedTuple):
    """What something says of the splits."""

    who: str  # in words
    splits: Mapping[str, str]  # by `_key` of an image; none where it is unclear
    files: Sequence[Path] = ()


class _Unclear(Exception):
    """Says why lists are not followed."""


def followed(
    reading: Reading, files: Sequence[SplitFiles] = (), folder: Path | None = None
) -> Reading:
    """The reading, its records in the splits that files of its folder, or numbers in it, say.

    They are followed where no record says its split by itself, and each name is one image's, or
    each image is named; where not, a note says why. An image that is in no list is left out and
    counted, unless no list is of train: then it is for training.

    Raises:
        BadDataError: Two of them say different things of an image, or a column `split` holds
            numbers that nothing tells the meaning of.
    """
    rows = iter(reading.records)
    first = list(islice(rows, 1))
    columns = [name for each in first for name in each.columns if may_number(name.strip())]
    if not files and not columns:
        return replace(reading, records=chain(first, rows))
    records = [*first, *rows]
    reading = replace(reading, records=records)
    if any(each.split for each in records):
        return reading
    sayings = [*_by_columns(records, columns), *_by_files(records, files, folder, reading)]
    known = [path for saying in sayings for path in saying.files]
    reading = replace(reading, files=[*reading.files, *known])
    sayings = [saying for saying in sayings if saying.splits]
    return _in_splits(reading, records, sayings) if sayings else reading


def _together(sayings: Sequence[_Saying]) -> dict[str, str]:
    """The splits that these say: all the same, or each of other images."""
    first, *others = sayings
    splits = {**first.splits}
    for each in others:
        if each.splits == first.splits:
            continue
        if splits.keys() & each.splits.keys():
            raise BadDataError(
                f"{first.who} and {each.who} say different splits; keep one of them."
            )
        splits |= each.splits
    return splits


def _key(record: Record) -> str:
    """The path of an image, or its name where it is no file."""
    return record.place if isinstance(record.place, str) else record.name


def _by_columns(records: Sequence[Record], columns: Sequence[str]) -> Iterator[_Saying]:
    for name in columns:
        cells = {(_key(each), plain(each.columns.get(name))) for each in records}
        values = {cell for _, cell in cells}
        split_of = numbered(name.strip(), values)
        splits = {key: split_of[cell] for key, cell in cells if split_of}
        if split_of and len(splits) == len(cells):
            yield _Saying(f"`{name}` ({meaning_of(split_of)})", splits)
        elif name.strip().lower() == "split":
            held = shortened(", ".join(sorted(values)))
            raise BadDataError(
                f"The column `{name}` holds {held}, and nothing says which splits these are; "
                "write train, val and test."
            )


def _by_files(
    records: Sequence[Record],
    files: Sequence[SplitFiles],
    folder: Path | None,
    reading: Reading,
) -> Iterator[_Saying]:
    """What files say whose names are those of images; of others that seem so, a note says why."""
    ways = _ways_to_name(records) if files else []
    for each in files:
        who = _listed([os.path.relpath(path, folder) for path in each.paths])
        who += f" ({each.meaning})" if each.meaning else ""
        try:
            splits = _clear_splits(ways, each)
        except _Unclear as why:
            reading.notes.append(f"Not followed as splits: {who}, because {why}.")
            yield _Saying(who, {}, each.paths)
        else:
            if splits:
                yield _Saying(who, splits, each.paths)


def _ways_to_name(records: Sequence[Record]) -> list["_Images"]:
    """The images by their files, and by what a column such as `image_id` calls them."""
    by_file = _Images({(key, key) for key in map(_key, records)})
    columns = (name for each in records[:1] for name in each.columns)
    identity = next((name for name in columns if name.strip().lower() in IDENTITIES), None)
    if identity is None:
        return [by_file]
    called = ((each.columns.get(identity), _key(each)) for each in records)
    return [by_file, _Images({(str(name), key) for name, key in called if name not in (None, "")})]


class _Images:
    """Images by what lists may call them: with folders before the name, or without its suffix."""

    def __init__(self, named: Set[tuple[str, str]]) -> None:
        """`named` are paths, each with the key of an image."""
        self.n = len({key for _, key in named})
        self._by_path: dict[str, list[tuple[str, str]]] = {}
        self._by_end: dict[str, list[tuple[str, str]]] = {}
        for each in named:
            path = fold(_slashed(each[0]))
            for spelled in {path, posixpath.splitext(path)[0]}:
                self._by_path.setdefault(spelled, []).append(each)
                for end in _ends(spelled):
                    self._by_end.setdefault(end, []).append(each)

    def called(self, name: str) -> list[str]:
        """The images that a list may mean, those that are called exactly so before others.

        Folders must be the same as far as both say them: the name is an end of an image's path, or
        the path one of the name.
        """
        name = _slashed(name)
        whole, *shorter = _ends(fold(name))
        found = [*self._by_end.get(whole, ())]
        for end in shorter:
            found += self._by_path.get(end, ())
        if len(found) > 1:
            closest = max(_closeness(path, name) for path, _ in found)
            found = [each for each in found if _closeness(each[0], name) == closest]
        return sorted({key for _, key in found})


def _slashed(path: str) -> str:
    return path.replace("\\", "/").removeprefix("./").lstrip("/")


def _ends(path: str) -> list[str]:
    """A path, without its first folder, and so on."""
    ends = [path]
    while "/" in ends[-1]:
        ends.append(ends[-1].partition("/")[2])
    return ends


def _closeness(path: str, name: str) -> tuple[bool, bool]:
    """Whether a name is exactly a path, and whether its last part is the path's."""
    return _slashed(path) == name, posixpath.basename(path) == posixpath.basename(name)


def _clear_splits(ways: Sequence[_Images], files: SplitFiles) -> dict[str, str]:
    """As `_splits_of`, by the only one of these ways to name images that fits.

    Raises:
        _Unclear: None does, or two that do say different things.
    """
    found: list[dict[str, str]] = []
    unclear: list[_Unclear] = []
    for images in ways:
        try:
            found += filter(None, [_splits_of(images, files)])
        except _Unclear as why:
            unclear.append(why)
    if unclear and not found:
        raise unclear[0]
    if any(each != found[0] for each in found):
        raise _Unclear("they may be names of images, or what another column calls others")
    return found[0] if found else {}


def _splits_of(images: _Images, files: SplitFiles) -> dict[str, str]:
    """The split of each image that lists name; none where they name none of these.

    Raises:
        _Unclear: A name fits several images, an image is in two lists, there are both names
            without an image and images without a name, or they may be no names.
    """
    splits: dict[str, str] = {}
    strange = []
    for split, names in files.names.items():
        for name in names:
            found = images.called(name) or images.called(without_numbers(name))
            if len(found) > 1:
                raise _Unclear(f"{shortened(name)} may be {found[0]} or {found[1]}")
            if not found:
                strange.append(name)
            elif splits.setdefault(found[0], split) != split:
                raise _Unclear(f"{shortened(name)} is in {splits[found[0]]} and in {split}")
    if not splits:
        return {}
    n_unnamed = images.n - len(splits)
    for names in files.names.values():
        if len({*names}) < _DISTINCT * len(names):  # of labels, say
            raise _Unclear(f"lines repeat, such as {shortened(names[0])}")
    if n_unnamed and len(files.names) == 1 and not files.names_images:  # of a note, say
        raise _Unclear("a single list without names of files must hold all images, and does not")
    if n_unnamed and strange:
        raise _Unclear(
            f"they name images that are not here ({len(strange):,}, the first is "
            f"{shortened(strange[0])}), and not all that are (without: {n_unnamed:,})"
        )
    return splits


def _in_splits(reading: Reading, records: Sequence[Record], sayings: Sequence[_Saying]) -> Reading:
    """The records in these splits, without those of images that are in none."""
    splits = _together(sayings)
    otherwise = "" if "train" in splits.values() else "train"
    in_none = [key for key in dict.fromkeys(map(_key, records)) if key not in splits]
    who = " and ".join(each.who for each in sayings)
    note = f"Splits are those of {who}."
    if in_none and otherwise:
        note += f" Images that are in none of them, and so in train: {len(in_none):,}."
    elif in_none:
        reading.left_out.add_all("images in no list of a split", in_none)
    reading.notes.append(note)
    not_told = {says_no_splits(name) for each in records[:1] for name in each.columns}
    reading.columns[:] = [each for each in reading.columns if each not in not_told]
    said = ((splits.get(_key(each), otherwise), each) for each in records)
    return replace(
        reading,
        records=[each._replace(split=split) for split, each in said if split],
    )


def _listed(names: Sequence[str]) -> str:
    *some, last = names
    return f"{', '.join(some)} and {last}" if some else last
