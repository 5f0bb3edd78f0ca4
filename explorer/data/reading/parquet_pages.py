"""What the pages of a parquet file hold, whatever the file's footer says of them.

Memory is reserved by what the header before each page says, so a footer that tells less is no
limit. Headers are structs of Thrift's compact protocol.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from explorer.errors import BadDataError

if TYPE_CHECKING:
    import pyarrow.parquet as pq

_TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _STRUCT = 1, 2, 3, 7, 8, 12
_NUMBERS = (4, 5, 6)
_SIZE, _STORED, _KINDS = 2, 3, (5, 7, 8)
"""Fields of a page's header: its bytes, its bytes in the file, and what only its kind has."""
_DICTIONARY = 7
_DEEPEST = 8


class Held(NamedTuple):
    """What a column of a row group becomes when it is read."""

    n_bytes: int  # each different cell once, where the file has a dictionary
    n_values: int  # of lists, those in them


def held(path: Path, column: "pq.ColumnChunkMetaData") -> Held:
    """What the pages of a column say themselves.

    Raises:
        BadDataError: There are no pages where the footer says, or other values in them.
    """
    offsets = column.dictionary_page_offset or 0, column.data_page_offset
    start = min((each for each in offsets if each > 0), default=0)
    end = start + column.total_compressed_size
    n_bytes = n_values = 0
    with path.open("rb") as file:
        file.seek(start)
        while file.tell() < end:
            header = _struct(file)
            size, stored = (header.get(each, -1) for each in (_SIZE, _STORED))
            if not (isinstance(size, int) and isinstance(stored, int) and min(size, stored) >= 0):
                raise _broken(path, column)
            n_bytes += size
            n_values += sum(_values(header, kind) for kind in _KINDS if kind != _DICTIONARY)
            file.seek(stored, 1)
    if n_values != column.num_values:
        raise _broken(path, column)
    return Held(n_bytes, n_values)


def _values(header: dict[int, Any], kind: int) -> int:
    own = header.get(kind)
    count = own.get(1, 0) if isinstance(own, dict) else 0
    return count if isinstance(count, int) else 0


def _broken(path: Path, column: "pq.ColumnChunkMetaData") -> BadDataError:
    return BadDataError(
        f"{path} cannot be read as parquet: the pages of its column {column.path_in_schema!r} are "
        "not what its footer says."
    )


def _struct(file: BinaryIO, depth: int = 0) -> dict[int, Any]:
    """The fields of a struct by their numbers; texts are passed over."""
    fields: dict[int, Any] = {}
    number = 0
    while kind := _byte(file):
        number = number + (kind >> 4) if kind >> 4 else _number(file)
        fields[number] = _value(file, kind & 15, depth)
    return fields


def _value(file: BinaryIO, kind: int, depth: int) -> Any:
    if kind in (_TRUE, _FALSE):
        return kind == _TRUE
    if kind in _NUMBERS:
        return _number(file)
    if kind == _STRUCT and depth < _DEEPEST:
        return _struct(file, depth + 1)
    if kind not in (_BYTE, _DOUBLE, _BINARY):
        raise BadDataError(f"{file.name} cannot be read as parquet: a page has no header.")
    file.seek({_BYTE: 1, _DOUBLE: 8}.get(kind) or _varint(file), 1)
    return None


def _byte(file: BinaryIO) -> int:
    read = file.read(1)
    if not read:
        raise BadDataError(f"{file.name} cannot be read as parquet: it ends within a page.")
    return read[0]


def _varint(file: BinaryIO) -> int:
    value = shift = 0
    while True:
        byte = _byte(file)
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128 or shift > 63:
            return value


def _number(file: BinaryIO) -> int:
    """A number whose last bit is its sign."""
    value = _varint(file)
    return (value >> 1) ^ -(value & 1)
