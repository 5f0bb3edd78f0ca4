"""A Hugging Face imagefolder: metadata.jsonl or metadata.csv beside the images.

In the folder itself or in a folder per split. Each row has `file_name`, relative to the metadata,
and captions in columns of any name in `fields.CAPTIONS`: a text or a list in each; or else a class
in a column of `fields.LABELS`. The sets that this program distills look like this, too.
"""

from collections.abc import Iterator, Set
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from explorer.data.left_out import LeftOut, place_of, shortened
from explorer.data.reading.cells import captions_in, split_in
from explorer.data.reading.columns import LOOKED_AT, MANY_LOOKED_AT, fields_among, repeating_among
from explorer.data.reading.fields import NoFields
from explorer.data.reading.folder import files_in, folders_below
from explorer.data.reading.json_lists import read_list
from explorer.data.reading.masks import Masks
from explorer.data.reading.places import Table, locate
from explorer.data.reading.separated import read_table
from explorer.data.reading.spellings import absolute_parts
from explorer.data.records import Reading, Record
from explorer.data.splits import split_named
from explorer.errors import BadDataError

NAME = "Hugging Face imagefolder"
LAYOUT = "train/metadata.jsonl (or .csv) with `file_name` and `caption` (or `label`)"
_NEEDED = "rows without `file_name` and a caption"


class _Opened(NamedTuple):
    """A table whose first rows are read."""

    path: Path
    columns: list[str]
    first: list[dict[str, Any]]
    rows: Iterator[dict[str, Any]]  # behind these


def signs(folder: Path) -> list[Path]:
    return [path for found in _tables(folder) for path in found]


def _tables(folder: Path) -> Iterator[list[Path]]:
    """The tables in each folder that has any."""
    places = folders_below(folder, deepest=2)
    return filter(None, (files_in(place, "metadata.jsonl", "metadata.csv") for place in places))


def read(folder: Path) -> Reading | None:
    left_out, notes, columns, masks = LeftOut(), [], list[str](), Masks(folder)
    tables: list[Table] = []
    files: list[Path] = []
    groups = [[_opened(path, left_out) for path in found] for found in _tables(folder)]
    repeating = repeating_among(row for found in groups for each in found for row in each.first)
    for found in groups:
        files += [each.path for each in found]
        read = [
            Table(each.path, [*_records(folder, each, left_out, columns, repeating, bool(masks))])
            for each in found
        ]
        if len(read) > 1:
            _check_same(read)
            notes.append(f"{found[0].path.name} and {found[1].path.name} say the same.")
        tables += read[:1]
    if not tables:
        return None
    reading = replace(locate(folder, tables, left_out, masks), columns=columns, files=files)
    reading.notes[:0] = notes
    return reading


def _check_same(tables: list[Table]) -> None:
    """Refuses two tables of one folder that say different things of its images."""
    said = [sorted((each.name, [*each.captions], each.label) for each in t.records) for t in tables]
    if said[0] != said[1]:
        first, second = (table.path for table in tables)
        raise BadDataError(f"{first} and {second} say different things; keep one of them.")


def _records(
    folder: Path,
    opened: _Opened,
    left_out: LeftOut,
    told: list[str],
    repeating: Set[str],
    has_masks: bool,
) -> Iterator[Record]:
    table, columns, first, rows = opened
    place = table.parent.relative_to(folder)
    has_split = split_named(str(place)) is not None
    fields = fields_among(
        columns, first[:LOOKED_AT], repeating, has_split=has_split, has_masks=has_masks
    )
    if not columns and left_out.why():
        return  # it has lines, none of which can be used
    if fields is None:
        there = shortened(", ".join(columns), 300) or "none"
        raise NoFields(
            table,
            f"{table}: `file_name` and a column with captions, such as `caption`, or labels, such "
            f"as `label`, are needed; the columns are {there}.",
        )
    told += [each for each in fields.told() if each not in told]
    for number, row in enumerate(chain(first, rows), start=1):
        file, captions = row.get(fields.image), captions_in(row, fields.captions)
        if not isinstance(file, str) or not file or captions is None:
            left_out.add(_NEEDED, f"row {number} of {place_of(table)}")
            continue
        name = file if absolute_parts(file) else (place / file).as_posix()
        by_folder = split_named(str(PurePosixPath(name).parent)) or ""
        split = split_in(row, fields.split, by_folder)
        if split is None:
            left_out.add("rows of an unknown split", row[fields.split or ""])
            continue
        label = fields.label_of(row, left_out)
        yield Record(split, name, captions, file, label, fields.rest(row))


def _opened(table: Path, left_out: LeftOut) -> _Opened:
    columns, rows = _rows(table, left_out)
    return _Opened(table, columns, list(islice(rows, MANY_LOOKED_AT)), rows)


def _rows(table: Path, left_out: LeftOut) -> tuple[list[str], Iterator[dict[str, Any]]]:
    """The columns of all rows, and the rows."""
    if table.suffix.lower() == ".csv":
        return read_table(table, left_out)
    rows = [row for row in read_list(table, left_out) if isinstance(row, dict)]
    return list(dict.fromkeys(name for row in rows for name in row)), iter(rows)
