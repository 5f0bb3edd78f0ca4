"""Tables of Arrow: what parquet files and the Hub's datasets have in common."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from PIL import Image

from explorer.errors import BadDataError
from explorer.pipeline.datasets.fields import (
    PICTURES,
    Fields,
    captions_in,
    choose_fields,
    failed,
    no_fields,
)
from explorer.pipeline.datasets.pictures import decode_picture
from explorer.pipeline.datasets.records import Record
from explorer.pipeline.datasets.splits import split_named

if TYPE_CHECKING:
    import pyarrow as pa  # elsewhere imported late: the first page does not need it


def fields_of(schema: "pa.Schema", where: object) -> Fields:
    """The columns that matter; pictures are known by their type, if not by their name."""
    inside = {each.name.lower() for each in schema if _holds_pictures(each.type)}
    telling = [name for name in PICTURES if name in inside]
    fields = choose_fields(schema.names, [*telling, *sorted(inside), *PICTURES])
    if fields is None:
        raise no_fields(where, schema.names)
    return fields


def has_pictures(schema: "pa.Schema", fields: Fields) -> bool:
    """Whether pictures are in the table; else they are named in it."""
    return _holds_pictures(schema.field(fields.picture).type)


def _holds_pictures(kind: "pa.DataType") -> bool:
    import pyarrow.types as types

    if types.is_struct(kind):
        return any(each.name == "bytes" and _holds_pictures(each.type) for each in kind)
    return types.is_binary(kind) or types.is_large_binary(kind)


def records_of(
    batches: Iterable["pa.RecordBatch"],
    fields: Fields,
    split: str,
    where: str,
    place: Callable[[int], Any] | None,
    left_out: Counter[str],
) -> Iterator[Record]:
    """Reads the small columns of a table.

    Args:
        batches: Its rows in order.
        fields: Its columns.
        split: Of all rows, unless a column says otherwise.
        where: The table, for messages and for pictures without a name.
        place: Where the picture of row n is; None where the picture's column names a file.
        left_out: Counts the rows that cannot be used.
    """
    rows = (row for batch in batches for row in batch.to_pylist())
    for number, row in enumerate(rows):
        captions = captions_in(row, fields.captions)
        said = split_named(str(row[fields.split])) if fields.split else split
        if captions is None:
            raise BadDataError(
                f"{where}, row {number}: {' and '.join(fields.captions)} must hold text."
            )
        if fields.status and failed(row[fields.status]):
            left_out["pictures that could not be fetched"] += 1
        elif said is None:
            left_out["rows of an unknown split"] += 1
        elif place is not None:
            identity = row[fields.identity] if fields.identity else None
            name = f"{where}/{number}" if identity is None else str(identity)
            yield Record(said, name, captions, place(number))
        elif isinstance(row[fields.picture], str):
            yield Record(said, row[fields.picture], captions, row[fields.picture])
        else:
            left_out["rows without a picture"] += 1


def open_cell(cell: Any, name: str, open_file: Callable[[str], Image.Image]) -> Image.Image:
    """The picture that a cell holds, or that it names and `open_file` opens."""
    content, path = (cell.get("bytes"), cell.get("path")) if isinstance(cell, dict) else (cell, "")
    if content is not None:
        return decode_picture(content, name)
    if not path:
        raise BadDataError(f"The picture {name} is not there: its cell is empty.")
    return open_file(path)
