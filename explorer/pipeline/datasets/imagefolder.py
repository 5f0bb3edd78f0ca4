"""A Hugging Face imagefolder: metadata.jsonl or metadata.csv beside the pictures.

In the folder itself or in a folder per split. Each row has `file_name`, relative to the metadata,
and captions in columns of any name in `fields.CAPTIONS`: a text or a list in each. The sets that
this program distills look like this, too.
"""

import json
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from explorer.errors import BadDataError
from explorer.pipeline.datasets.fields import captions_in, choose_fields
from explorer.pipeline.datasets.folder import PictureFolder, folders_below, read_text
from explorer.pipeline.datasets.records import Reading, Record
from explorer.pipeline.datasets.separated import read_table
from explorer.pipeline.datasets.splits import split_named

NAME = "Hugging Face imagefolder"
LAYOUT = "train/metadata.jsonl (or .csv) with `file_name` and `caption`"


def read(folder: Path) -> Reading | None:
    tables = [
        place / name
        for place in folders_below(folder, deepest=2)
        for name in ("metadata.jsonl", "metadata.csv")
        if (place / name).is_file()
    ]
    if not tables:
        return None
    left_out: Counter[str] = Counter()
    records = chain.from_iterable(_records(folder, table, left_out) for table in tables)
    return Reading(records, PictureFolder(folder), left_out=left_out)


def _records(folder: Path, table: Path, left_out: Counter[str]) -> Iterator[Record]:
    place = table.parent.relative_to(folder)
    rows: Iterator[dict[str, Any]]
    if table.suffix == ".jsonl":
        columns, rows = _json_table(table)
    else:
        columns, rows = read_table(table, left_out)
    fields = choose_fields(columns, ["file_name"])
    if fields is None:
        raise BadDataError(
            f"{table}: `file_name` and a column with captions, such as `caption`, are needed; the "
            f"columns are {', '.join(columns) or 'none'}."
        )
    for number, row in enumerate(rows, start=1):
        file, captions = row.get(fields.picture), captions_in(row, fields.captions)
        if not isinstance(file, str) or not file or captions is None:
            raise BadDataError(f"{table}, row {number}: `file_name` and a caption are needed.")
        name = (place / file).as_posix() if file[0] != "/" else file
        said = split_named(str(row.get(fields.split))) if fields.split else None
        split = said or split_named(name.rpartition("/")[0]) or "train"
        yield Record(split, name, captions, name)


def _json_table(table: Path) -> tuple[list[str], Iterator[dict[str, Any]]]:
    """The columns are those of the first row."""
    rows = _json_rows(table)
    first = next(rows, {})
    return list(first), chain([first], rows)


def _json_rows(table: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(read_text(table).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise BadDataError(f"{table}, line {number} is not JSON: {error}.") from error
        if not isinstance(row, dict):
            raise BadDataError(f"{table}, line {number} must be an object with `file_name`.")
        yield row
