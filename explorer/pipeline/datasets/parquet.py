"""Parquet files with pictures inside, or with the names of picture files.

Pictures are a column of bytes, as img2dataset writes (`jpg`), or of `struct<bytes, path>`, as the
Hugging Face Hub does. Files whose name or folder says train, val or test are that split, unless a
column `split` says otherwise. Rows with the same `image_id`, or another such name, are one picture.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from itertools import accumulate
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image

from explorer.errors import BadDataError
from explorer.pipeline.datasets.arrow import fields_of, has_pictures, open_cell, records_of
from explorer.pipeline.datasets.fields import Fields
from explorer.pipeline.datasets.folder import PictureFolder, all_files, file_stamp, pictures_below
from explorer.pipeline.datasets.records import Reading, Record
from explorer.pipeline.datasets.splits import split_named

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

NAME = "parquet"
LAYOUT = "train-00000-of-00002.parquet ... with pictures, or their names, and `caption`"
_GROUPS = 2
"""Row groups that are held in memory: pictures are asked for in order, from several threads."""


class _Place(NamedTuple):
    path: Path
    row: int


class ParquetPictures:
    """Pictures in a column of parquet files; a `Source`. Reads a row group at a time."""

    def __init__(self, folder: Path, columns: dict[Path, str]) -> None:
        self._files = PictureFolder(folder)
        self._columns = columns
        self._stamps = {path: file_stamp(path) for path in columns}
        self._group_starts = {path: _group_starts(path) for path in columns}
        self._read, self._reading = lru_cache(_GROUPS)(_read_group), Lock()

    def open(self, place: _Place) -> Image.Image:
        starts = self._group_starts[place.path]
        group = bisect_right(starts, place.row) - 1
        with self._reading:
            column = self._read(place.path, group, self._columns[place.path])
        cell = column[place.row - starts[group]].as_py()
        return open_cell(cell, f"{place.row} in {place.path}", self._files.open)

    def stamp(self, place: _Place) -> str:
        return f"{self._stamps[place.path]}:{place.row}"


def read(folder: Path) -> Reading | None:
    paths = all_files(folder, "*.parquet")
    if not paths:
        return None
    left_out: Counter[str] = Counter()
    fields, inside = {}, set()
    for path in paths:
        with _opened(path) as file:
            if file.metadata.num_rows:  # a file without rows need not know its types
                fields[path] = fields_of(file.schema_arrow, path)
                inside.add(has_pictures(file.schema_arrow, fields[path]))
    if not fields:
        raise BadDataError(f"The parquet files in {folder} have no rows.")
    if len(inside) == 2:
        raise BadDataError(f"Some parquet files in {folder} hold pictures and some only name them.")
    records = _records(folder, fields, inside == {True}, left_out)
    captions = " and ".join(f"`{name}`" for name in next(iter(fields.values())).captions)
    notes = [f"{len(fields):,} files, captions from {captions}."]
    if inside == {True}:
        columns = {path: each.picture for path, each in fields.items()}
        return Reading(records, ParquetPictures(folder, columns), notes, left_out)
    pictures, records, deeper = pictures_below(folder, records)
    return Reading(records, pictures, notes + deeper, left_out)


def _records(
    folder: Path, fields: dict[Path, Fields], inside: bool, left_out: Counter[str]
) -> Iterator[Record]:
    for path, each in fields.items():
        where = path.relative_to(folder).as_posix()
        columns = each.small if inside else [each.picture, *each.small]
        place = partial(_Place, path) if inside else None
        with _opened(path) as file:
            batches = file.iter_batches(batch_size=4096, columns=columns)
            split = split_named(where) or "train"
            yield from records_of(batches, each, split, where, place, left_out)


def _read_group(path: Path, group: int, column: str) -> "pa.ChunkedArray":
    with _opened(path) as file:
        return file.read_row_group(group, columns=[column]).column(0)


def _group_starts(path: Path) -> list[int]:
    """The first row of each row group."""
    with _opened(path) as file:
        about = file.metadata
        sizes = [about.row_group(group).num_rows for group in range(about.num_row_groups)]
    return list(accumulate(sizes[:-1], initial=0))


@contextmanager
def _opened(path: Path) -> Iterator["pq.ParquetFile"]:
    import pyarrow as pa  # late: the first page does not need it
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            yield file
    except (pa.ArrowException, OSError) as error:
        reason = str(error).partition("\n")[0]
        raise BadDataError(f"{path} cannot be read as parquet: {reason}") from error
