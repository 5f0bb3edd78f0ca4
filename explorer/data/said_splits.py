"""Splits that lists beside the images say, or a column of numbers, where nothing else does."""

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

from explorer.data.left_out import shortened
from explorer.data.reading.fields import IDENTITIES, says_no_splits
from explorer.data.reading.spellings import fold
from explorer.data.reading.split_files import (
    COUNTED,
    COUNTED_NAME,
    IS_TRAIN,
    IS_TRAIN_NAME,
    SplitFiles,
    meaning_of,
    split_files,
    without_numbers,
)
from explorer.data.records import Reading, Record
from explorer.errors import BadDataError

_DISTINCT = 0.9
"""Share of the lines in a list, from which on they are names."""


class _Saying(NamedTuple):
    """What something says of the splits."""

    who: str  # in words
    splits: Mapping[str, str]  # by `_key` of an image; none where it is unclear
    files: Sequence[Path] = ()


class _Unclear(Exception):
    """Says why lists are not followed."""


def followed(reading: Reading, folder: Path | None = None) -> Reading:
    """The reading, its records in the splits that files in its folder, or numbers in it, say.

    They are followed where no record says its split by itself, and each name is one image's, or
    each image is named; where not, a note says why. An image that is in no list is left out and
    counted, unless no list is of train: then it is for training.

    Raises:
        BadDataError: Two of them say different things, or a column `split` holds numbers that
            nothing tells the meaning of.
    """
    files, rows = split_files(folder) if folder else [], iter(reading.records)
    first = list(islice(rows, 1))
    columns = [name for each in first for name in each.columns if _values_of(name)]
    if not files and not columns:
        return replace(reading, records=chain(first, rows))
    records = [*first, *rows]
    reading = replace(reading, records=records)
    if any(each.split for each in records):
        return reading
    sayings = [*_by_columns(records, columns)]
    if folder and files:
        sayings += _by_files(records, files, folder, reading)
    known = [path for saying in sayings for path in saying.files]
    reading = replace(reading, files=[*reading.files, *known])
    sayings = [saying for saying in sayings if saying.splits]
    for each in sayings[1:]:
        if each.splits != sayings[0].splits:
            raise BadDataError(
                f"{sayings[0].who} and {each.who} say different splits; keep one of them."
            )
    return _in_splits(reading, records, sayings) if sayings else reading


def _key(record: Record) -> str:
    """The path of an image, or its name where it is no file."""
    return record.place if isinstance(record.place, str) else record.name


def _values_of(column: str) -> Mapping[str, str]:
    """What values in a column of this name would mean; nothing where it is no column of splits."""
    if IS_TRAIN_NAME.fullmatch(column.strip()):
        return IS_TRAIN
    return COUNTED if COUNTED_NAME.fullmatch(column.strip()) else {}


def _by_columns(records: Sequence[Record], columns: Sequence[str]) -> Iterator[_Saying]:
    for name in columns:
        known = _values_of(name)
        cells = {(_key(each), _number(each.columns.get(name))) for each in records}
        splits = {key: known.get(cell, "") for key, cell in cells}
        values = {cell for _, cell in cells}
        is_clear = values == known.keys() if known is COUNTED else values <= known.keys()
        if is_clear and len(splits) == len(cells):
            yield _Saying(f"`{name}` ({meaning_of(known)})", splits)
        elif name.strip().lower() == "split":
            held = shortened(", ".join(sorted(values)))
            raise BadDataError(
                f"The column `{name}` holds {held}, and nothing says which splits these are; "
                "write train, val and test."
            )


def _number(value: object) -> str:
    """A number or a truth as it is written; 1.0 as 1."""
    return str(value).strip().lower().removesuffix(".0")


def _by_files(
    records: Sequence[Record], files: Sequence[SplitFiles], folder: Path, reading: Reading
) -> Iterator[_Saying]:
    """What files say whose names are those of images; of others that seem so, a note says why."""
    by_name = _Images((_key(each), _key(each)) for each in records)
    by_identity = _by_identity(records)
    for each in files:
        who = _listed([path.relative_to(folder).as_posix() for path in each.paths])
        who += f" ({each.meaning})" if each.meaning else ""
        try:
            splits = _clear_splits([by_name, by_identity], each)
        except _Unclear as why:
            reading.notes.append(f"Not followed as splits: {who}, for {why}.")
            yield _Saying(who, {}, each.paths)
        else:
            if splits:
                yield _Saying(who, splits, each.paths)


def _by_identity(records: Sequence[Record]) -> "_Images":
    """The images by what a column such as `image_id` calls them."""
    names = (name for each in records[:1] for name in each.columns)
    column = next((name for name in names if name.strip().lower() in IDENTITIES), "")
    pairs = {(str(e.columns[column]), _key(e)) for e in records if e.columns.get(column)}
    return _Images(pairs)


class _Images:
    """Images by what lists may call them: with folders before the name, or without its suffix."""

    def __init__(self, named: Iterable[tuple[str, str]]) -> None:
        self.keys: set[str] = set()
        self._by_last: dict[str, dict[str, str]] = {}  # paths and keys, by a folded last part
        for path, key in named:
            self.keys.add(key)
            last = fold(posixpath.basename(path))
            for each in {last, posixpath.splitext(last)[0]}:
                self._by_last.setdefault(each, {})[path] = key

    def called(self, name: str) -> list[str]:
        """The images that a list may mean, those that are called exactly so before others."""
        parts = _parts(name)
        found = self._by_last.get(fold(parts[-1]), {}) if parts else {}
        fitting = {path: key for path, key in found.items() if _is_end(_parts(path), parts)}
        for is_exact in (lambda p: p == name, lambda p: _parts(p)[-1] == parts[-1]):
            exact = {path: key for path, key in fitting.items() if is_exact(path)}
            fitting = exact or fitting
        return list(dict.fromkeys(fitting.values()))


def _parts(path: str) -> list[str]:
    return [part for part in path.replace("\\", "/").split("/") if part not in ("", ".")]


def _is_end(path: Sequence[str], other: Sequence[str]) -> bool:
    """Whether the folders of two paths are the same, as far as both say them."""
    pairs = zip(reversed(path[:-1]), reversed(other[:-1]), strict=False)
    return all(fold(one) == fold(two) for one, two in pairs)


def _clear_splits(ways: Sequence[_Images], files: SplitFiles) -> dict[str, str]:
    """As `_splits_of`, by the only one of these ways to name images that fits.

    Raises:
        _Unclear: None does, or two that do say different things.
    """
    why: _Unclear | None = None
    found: list[dict[str, str]] = []
    for images in ways:
        try:
            found += filter(None, [_splits_of(images, files)])
        except _Unclear as unclear:
            why = why or unclear
    if why and not found:
        raise why
    if any(each != found[0] for each in found):
        raise _Unclear("they may hold names of images or what another column calls them")
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
    _require_names(files, splits, len(images.keys))
    if splits and strange and len(splits) < len(images.keys):
        raise _Unclear(
            f"{len(strange):,} of the names in them are no image's here, the first is "
            f"{shortened(strange[0])}, and {len(images.keys) - len(splits):,} images are in none"
        )
    return splits


def _require_names(files: SplitFiles, splits: Mapping[str, str], n_images: int) -> None:
    """Refuses what may be no names at all, but labels, or a number that somebody noted."""
    for names in files.names.values() if splits else ():
        if len({*names}) < _DISTINCT * len(names):
            raise _Unclear(f"lines come again in them, such as {shortened(names[0])}")
    if splits and len(splits) < n_images and len(files.names) == 1 and not files.names_images:
        raise _Unclear("a single list of what are no names of files does not hold all images")


def _in_splits(reading: Reading, records: Sequence[Record], sayings: Sequence[_Saying]) -> Reading:
    """The records in these splits, without those of images that are in none."""
    splits = sayings[0].splits
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
