"""Parquet files with images inside, or with the names of image files.

Images are a column of bytes, as img2dataset writes (`jpg`), or of `struct<bytes, path>`, as the
Hugging Face Hub does. Files whose name or folder says train, val or test are that split, unless a
column `split` says otherwise. Rows with the same `image_id`, or another such name, are one image.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import lru_cache, partial
from itertools import accumulate, chain, islice
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from PIL import Image

from explorer.data.left_out import LeftOut, shortened
from explorer.data.reading.among_deep import AmongDeep
from explorer.data.reading.arrow import (
    are_written,
    captions_in_table,
    class_names,
    fields_of,
    has_images,
    longest,
    open_cell,
    other_images,
    read_cell,
    records_of,
    size_of,
    told_apart,
)
from explorer.data.reading.columns import repeating_among
from explorer.data.reading.fields import Fields
from explorer.data.reading.folder import all_files, file_stamp
from explorer.data.reading.image_folder import ImageFolder
from explorer.data.reading.parquet_pages import held
from explorer.data.reading.places import Table, locate
from explorer.data.records import Reading, Record
from explorer.data.splits import split_named
from explorer.errors import BadDataError

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

NAME = "parquet"
LAYOUT = "train-00000-of-00002.parquet ... with images, or their names, and `caption`"
MOST_CELL, MOST_TEXT, MOST_GROUP = 128 << 20, 1 << 20, 1 << 30
"""Bytes of an image, of a text, and of what is read of a row group: small files may hold more."""
MOST_VALUES = 1 << 25
"""Values in a column of a row group, those in lists counted each."""
_PART = re.compile(r"(.*)-[0-9]+-of-([0-9]{1,9})(?:-[0-9a-f]+)?\.parquet", re.I)
_AT_ONCE = 256
"""Rows whose texts are in memory."""
_LOOKED_INTO, _LOOKED_AT = 20, 64
_GROUPS = 2
"""Row groups that are held in memory: images are asked for in order, from several threads."""


class _Place(NamedTuple):
    path: Path
    row: int


class ParquetImages:
    """Images in a column of parquet files; a `Source`. Reads a row group at a time."""

    is_file = False

    def __init__(self, folder: Path, columns: dict[Path, str]) -> None:
        self._files = ImageFolder(folder)
        self._columns = columns
        self._stamps = {path: file_stamp(path) for path in columns}
        self._group_starts = {path: _group_starts(path) for path in columns}
        self._read, self._reading = lru_cache(_GROUPS)(_read_group), Lock()
        self.is_among_deep = AmongDeep(self.content)

    def __reduce__(self) -> Any:
        noted = {"is_among_deep": self.is_among_deep}
        return ParquetImages, (self._files.root, self._columns), noted

    def open(self, place: _Place) -> Image.Image:
        cell, name = self._cell(place), f"{place.row} in {place.path}"
        return open_cell(cell, name, self._files.open, self.is_among_deep)

    def length(self, place: _Place) -> int:
        """The same of all: telling them apart would mean to read them."""
        return 0

    def content(self, place: _Place) -> bytes:
        return read_cell(self._cell(place), f"{place.row} in {place.path}", self._files.content)

    def _cell(self, place: _Place) -> Any:
        starts = self._group_starts[place.path]
        group = bisect_right(starts, place.row) - 1
        with self._reading:
            column = self._read(place.path, group, self._columns[place.path])
        try:
            cell = column[place.row - starts[group]]
            if size_of(cell) > MOST_CELL:
                raise BadDataError(
                    f"Row {place.row} in {place.path} holds {size_of(cell) >> 20:,} MiB, more than "
                    f"an image of {MOST_CELL >> 20} MiB."
                )
            return cell.as_py()
        except UnicodeDecodeError as error:
            raise BadDataError(f"Row {place.row} in {place.path} is not UTF-8 text.") from error

    def stamp(self, place: _Place) -> str:
        return f"{self._stamps[place.path]}:{place.row}"


def signs(folder: Path) -> list[Path]:
    """Those of the first few that have the columns; there may be thousands."""
    return [path for path in all_files(folder, "*.parquet")[:_LOOKED_INTO] if _has_fields(path)]


def _has_fields(path: Path) -> bool:
    try:
        with _opened(path) as file:
            return bool(file.metadata.num_rows and fields_of(file.schema_arrow, path))
    except BadDataError:
        return False


def read(folder: Path) -> Reading | None:
    paths = all_files(folder, "*.parquet")
    if not paths:
        return None
    left_out = LeftOut()
    fields, inside, classes, others = {}, set[bool](), list[str](), list[str]()
    repeating = repeating_among(_first_captions(paths))
    for path in paths:
        with _opened(path) as file:
            _require_sense(path, file)
            if file.metadata.num_rows:  # a file without rows need not know its types
                fields[path] = fields_of(file.schema_arrow, path, repeating)
                inside.add(_holds_images(file, fields[path]))
                others = others or other_images(file.schema_arrow, fields[path])
                classes = classes or class_names(file.schema_arrow, fields[path], path)
    if not fields:
        raise BadDataError(f"The parquet files in {folder} have no rows.")
    if len(inside) == 2:
        raise BadDataError(f"Some parquet files in {folder} hold images and some only name them.")
    told = list(dict.fromkeys(each for own in fields.values() for each in own.told()))
    said = next(each for each in told if not each.startswith("images "))
    notes = [f"{len(fields):,} files, {said}.", *_missing_parts(paths)]
    if others:
        image, names = next(iter(fields.values())).image, " and ".join(f"`{e}`" for e in others)
        notes.append(f"Images are those in `{image}`, and not in {names}.")
    if inside == {True}:
        columns = {path: each.image for path, each in fields.items()}
        records: Iterator[Record] = chain.from_iterable(
            _records(folder, path, each, True, left_out) for path, each in fields.items()
        )
        images = ParquetImages(folder, columns)
        records = images.is_among_deep.noting(told_apart(records, images.content, notes))
        return Reading(records, images, notes, left_out, True, told, paths, classes)
    tables = (
        Table(path, _records(folder, path, each, False, left_out)) for path, each in fields.items()
    )
    reading = replace(locate(folder, tables, left_out), columns=told, classes=classes)
    reading.notes[:0] = notes
    return reading


def _first_captions(paths: Sequence[Path]) -> Iterator[dict[str, Any]]:
    """The first captions of the files, until enough are read; there may be thousands of files."""
    for path in paths:
        with suppress(BadDataError), _opened(path) as file:  # it is told when the file is read
            _require_sense(path, file)
            fields = fields_of(file.schema_arrow, path)
            yield from captions_in_table(partial(_batches, path, file), fields)


def _missing_parts(paths: Sequence[Path]) -> Iterator[str]:
    """A sentence on files that say of how many they are, where some of these are missing."""
    parts: Counter[tuple[Path, str, int]] = Counter()
    for path in paths:
        if match := _PART.fullmatch(path.name):
            parts[path.parent, match[1], int(match[2])] += 1
    for (_, name, n_all), n in parts.items():
        if n < n_all:
            yield f"Files of {shortened(name)} that are here: {n:,} of {n_all:,}."


def _holds_images(file: "pq.ParquetFile", fields: Fields) -> bool:
    """By the type of the column, or by what its first texts are."""
    if has_images(file.schema_arrow, fields):
        return True
    batches = islice(file.iter_batches(batch_size=1, columns=[fields.image]), _LOOKED_AT)
    try:
        return are_written(cell for each in batches for cell in each.column(0).to_pylist())
    except UnicodeDecodeError:  # which rows are no text is counted when they are read
        return False


def _records(
    folder: Path, path: Path, fields: Fields, inside: bool, left_out: LeftOut
) -> Iterator[Record]:
    where = path.relative_to(folder).as_posix()
    columns = fields.small if inside else [fields.image, *fields.small]
    place = partial(_Place, path) if inside else None
    with _opened(path) as file:
        split = split_named(where)
        yield from records_of(_batches(path, file, columns), fields, split, where, place, left_out)


def _batches(
    path: Path, file: "pq.ParquetFile", columns: Sequence[str]
) -> Iterator["pa.RecordBatch"]:
    """The rows of small columns, none of which becomes much."""
    about, n_rows = file.metadata, 0
    parts = [_parts(about.row_group(group), columns) for group in range(about.num_row_groups)]
    for each in parts:
        _require_room(path, each)
    texts = _texts(parts[0]) if parts else []
    with _opened(path, texts) as once:
        # group by group: of several at once Arrow cannot put dictionaries in lists together
        groups = (once.iter_batches(_AT_ONCE, [g], columns) for g in range(about.num_row_groups))
        for batch in chain.from_iterable(groups):
            for column in batch.columns:
                if (n := longest(column)) > MOST_TEXT:
                    raise BadDataError(
                        f"{path} has a text of {n:,} bytes behind row {n_rows:,}; a text has at "
                        f"most {MOST_TEXT:,}."
                    )
            n_rows += batch.num_rows
            yield batch
    if n_rows != about.num_rows:
        raise BadDataError(f"{path} says that it has {about.num_rows:,} rows, and has {n_rows:,}.")


def _parts(about: "pq.RowGroupMetaData", names: Sequence[str]) -> list["pq.ColumnChunkMetaData"]:
    """What the columns of these names consist of."""
    parts = [about.column(n) for n in range(about.num_columns)]
    below = tuple(f"{name}." for name in names)
    return [
        part
        for part in parts
        if part.path_in_schema in names or part.path_in_schema.startswith(below)
    ]


def _read_group(path: Path, group: int, column: str) -> "pa.ChunkedArray":
    with _opened(path) as file:
        n_rows = file.metadata.row_group(group).num_rows
        own = _parts(file.metadata.row_group(group), [column])
    _require_room(path, own)
    with _opened(path, _texts(own)) as file:
        read = file.read_row_group(group, columns=[column]).column(0)
    if len(read) != n_rows:
        raise BadDataError(
            f"{path} says that a group has {n_rows:,} rows, and it has {len(read):,}."
        )
    return read


def _texts(parts: Sequence["pq.ColumnChunkMetaData"]) -> list[str]:
    """Those that hold texts or bytes."""
    return [part.path_in_schema for part in parts if part.physical_type == "BYTE_ARRAY"]


def _require_room(path: Path, parts: Sequence["pq.ColumnChunkMetaData"]) -> None:
    """Refuses columns of a row group that would fill the memory."""
    found = [held(path, part) for part in parts]
    n_bytes, n_values = sum(n for n, _ in found), max((n for _, n in found), default=0)
    smaller = "write it with smaller groups (`row_group_size`)."
    if n_bytes > MOST_GROUP:
        raise BadDataError(
            f"{path} has {n_bytes >> 20:,} MiB in one row group, more than "
            f"{MOST_GROUP >> 20:,} MiB; {smaller}"
        )
    if n_values > MOST_VALUES:
        raise BadDataError(
            f"{path} has {n_values:,} values of a column in one row group, more than "
            f"{MOST_VALUES:,}; {smaller}"
        )


def _require_sense(path: Path, file: "pq.ParquetFile") -> None:
    """Refuses a footer that contradicts itself, or its pages by not counting a row."""
    about = file.metadata
    groups = [about.row_group(group) for group in range(about.num_row_groups)]
    are_lists = [about.schema.column(n).max_repetition_level > 0 for n in range(about.num_columns)]
    agrees = about.num_rows == sum(each.num_rows for each in groups)
    for each in groups:
        for n, is_list in enumerate(are_lists):
            more = each.column(n).num_values - each.num_rows
            agrees &= more >= 0 if is_list else more == 0
            if not each.num_rows:
                held(path, each.column(n))
    if not agrees or about.num_rows < 0:
        raise BadDataError(f"{path} cannot be read as parquet: its footer contradicts itself.")


def _group_starts(path: Path) -> list[int]:
    """The first row of each row group."""
    with _opened(path) as file:
        about = file.metadata
        sizes = [about.row_group(group).num_rows for group in range(about.num_row_groups)]
    return list(accumulate(sizes[:-1], initial=0))


@contextmanager
def _opened(path: Path, once: Sequence[str] = ()) -> Iterator["pq.ParquetFile"]:
    """A file; equal cells of the columns `once` are held once, as they are stored."""
    import pyarrow as pa  # late: the first page does not need it
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path, read_dictionary=list(once)) as file:
            yield file
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        reason = str(error).partition("\n")[0]
        raise BadDataError(f"{path} cannot be read as parquet: {reason}") from error
