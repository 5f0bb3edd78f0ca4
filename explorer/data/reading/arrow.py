"""Tables of Arrow: what parquet files and the Hub's datasets have in common."""

import base64
import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from PIL import Image

from explorer.data.images import decode_image
from explorer.data.left_out import LeftOut
from explorer.data.reading.cells import captions_in, failed, label_in, name_in, split_in
from explorer.data.reading.class_names import checked
from explorer.data.reading.columns import LOOKED_AT, with_split
from explorer.data.reading.field_names import IMAGES
from explorer.data.reading.fields import Fields, choose_fields, no_fields
from explorer.data.records import Record
from explorer.errors import BadDataError

_COMPARED = 4
_LONGEST_NAME = 256
_WORD = re.compile("[a-z]+")
_IMAGE_WORDS = frozenset({*IMAGES, "images", "pic", "rgb"})
"""Words in the name of a column of bytes that tell images from masks, sounds or digests."""
_BASE64 = re.compile(r"[A-Za-z0-9+/]{256}")

if TYPE_CHECKING:
    import pyarrow as pa  # elsewhere imported late: the first page does not need it


def fields_of(schema: "pa.Schema", where: object, repeating: Collection[str] = ()) -> Fields:
    """The columns that matter; images are known by their type, if not by their name.

    `repeating` is as `choose_fields` takes it.
    """
    import pyarrow.types as types

    if several := [name for name, n in Counter(schema.names).items() if n > 1]:
        raise BadDataError(
            f"{where} has several columns called `{several[0]}`; give each a name of its own."
        )
    names = [each.name for each in schema if not _is_empty_split(each)]
    inside = [each.name.lower() for each in schema if _holds_images(each.type)]
    telling = [name for name in IMAGES if name in inside]
    likely = sorted(inside, key=_is_unlikely)
    numbers = [each.name for each in schema if _is_number(each.type)]
    binary = [each.name for each in schema if types.is_boolean(each.type)]
    fields = choose_fields(names, [*telling, *likely, *IMAGES], numbers, binary, repeating)
    if fields is None:
        raise no_fields(where, schema.names)
    if _holds_numbers(schema.field(fields.image).type):
        raise BadDataError(
            f"{where} has images as lists of numbers in `{fields.image}`; save them as PNG or JPEG."
        )
    plain = {each.name for each in schema if _is_plain(each.type)}
    return fields._replace(others=tuple(name for name in fields.others if name in plain))


def _is_unlikely(name: str) -> bool:
    """Whether the name of a column of bytes says nothing of images."""
    return _IMAGE_WORDS.isdisjoint(_WORD.findall(name.lower()))


def other_images(schema: "pa.Schema", fields: Fields) -> list[str]:
    """The columns that might hold the images just as well as the one that was chosen."""
    if fields.image.lower() in IMAGES or not has_images(schema, fields):
        return []
    inside = [e.name for e in schema if e.name != fields.image and _holds_images(e.type)]
    return [name for name in inside if _is_unlikely(name) == _is_unlikely(fields.image)]


def _is_empty_split(field: "pa.Field") -> bool:
    import pyarrow.types as types

    return field.name.lower() == "split" and bool(types.is_null(field.type))


def _holds_numbers(kind: "pa.DataType") -> bool:
    """Whether cells are lists of numbers, or of lists of them."""
    import pyarrow.types as types

    is_list = types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind)
    return is_list and (_is_number(kind.value_type) or _holds_numbers(kind.value_type))


def class_names(schema: "pa.Schema", fields: Fields, where: object) -> list[str]:
    """Names of the classes that the column of labels counts, where the Hub's library wrote them."""
    try:
        about = json.loads((schema.metadata or {}).get(b"huggingface", b"{}"))
        found = about["info"]["features"][fields.label]["names"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return []
    return checked([str(each) for each in found], where) if isinstance(found, list) else []


def _is_plain(kind: "pa.DataType") -> bool:
    """Whether cells are a number, a text, a date, or a list of them."""
    import pyarrow.types as types

    if types.is_dictionary(kind) or types.is_list(kind) or types.is_large_list(kind):
        return _is_plain(kind.value_type)
    return _is_text(kind) or _is_number(kind)


def _is_number(kind: "pa.DataType") -> bool:
    """Whether a cell is a number, a date, true or false."""
    import pyarrow.types as types

    numbers = types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind)
    return bool(numbers or types.is_timestamp(kind) or types.is_date(kind))


def has_images(schema: "pa.Schema", fields: Fields) -> bool:
    """Whether images are in the table; else they are named in it."""
    return _holds_images(schema.field(fields.image).type)


def _holds_images(kind: "pa.DataType") -> bool:
    import pyarrow.types as types

    if types.is_struct(kind):
        own = {each.name: each.type for each in kind}
        is_empty = "bytes" in own and "path" in own and types.is_null(own["bytes"])
        return is_empty or ("bytes" in own and _holds_images(own["bytes"]))
    if types.is_dictionary(kind) or types.is_list(kind) or types.is_large_list(kind):
        return _holds_images(kind.value_type)
    return bool(types.is_binary(kind) or types.is_large_binary(kind) or types.is_binary_view(kind))


def are_written(cells: Iterable[Any]) -> bool:
    """Whether texts are images, written in base64, rather than names; the first one decides."""
    first = next((each for each in cells if each), None)
    return isinstance(first, str) and (
        first.startswith("data:") or (len(first) > _LONGEST_NAME and bool(_BASE64.match(first)))
    )


def records_of(
    batches: Iterable["pa.RecordBatch"],
    fields: Fields,
    split: str | None,
    where: str,
    place: Callable[[int], Any] | None,
    left_out: LeftOut,
) -> Iterator[Record]:
    """Reads the small columns of the table `where`; rows that cannot be used are counted.

    The split is that of all rows unless a column says otherwise; None where nothing else says it.
    `place` tells where the image of row n is; it is None where the image's column names a file.
    """
    rows = chain.from_iterable(map(_rows, batches))
    if split is None:
        first = list(islice(rows, LOOKED_AT))
        fields = with_split(fields, [row for row in first if not isinstance(row, str)])
        rows = chain(first, rows)
    for number, row in enumerate(rows):
        if isinstance(row, str):
            left_out.add(row, f"row {number} of {where}")
            continue
        captions = captions_in(row, fields.captions)
        said = split_in(row, fields.split) if fields.split else split or ""
        label = label_in(row, fields.label, left_out)
        if captions is None:
            wanted = " and ".join(f"`{name}`" for name in fields.captions)
            left_out.add(f"rows whose {wanted} holds no text", f"row {number} of {where}")
        elif fields.status and failed(row[fields.status]):
            left_out.add("images that could not be fetched", f"row {number} of {where}")
        elif said is None:
            left_out.add("rows of an unknown split", f"row {number} of {where}")
        elif place is not None:
            identity = row[fields.identity] if fields.identity else None
            name = f"{where}/{number}" if identity is None else str(identity)
            yield Record(said, name, captions, place(number), label, fields.rest(row))
        elif name := name_in(row, fields.image):
            yield Record(said, name, captions, name, label, fields.rest(row))
        else:
            left_out.add("rows without an image", f"row {number} of {where}")


def _from_text(text: str, name: str) -> bytes:
    """What is written in base64, with or without a `data:` address before it."""
    try:
        return base64.b64decode(text.rpartition("base64,")[2], validate=True)
    except ValueError as error:
        raise BadDataError(f"The image {name} cannot be read: it is not base64.") from error


def captions_in_table(
    batches: Callable[[list[str]], Iterable["pa.RecordBatch"]], fields: Fields
) -> Iterator[dict[str, Any]]:
    """The captions of a table, row by row; nothing of one with classes. `batches` reads columns."""
    read = batches([*fields.captions]) if fields.captions else ()
    return (row for row in chain.from_iterable(map(_rows, read)) if not isinstance(row, str))


def _rows(batch: "pa.RecordBatch") -> Iterator[dict[str, Any] | str]:
    """The rows by column; of one that Python cannot hold, what it is."""
    try:
        yield from batch.to_pylist()
        return
    except (ValueError, OverflowError):  # before the first row
        pass
    for number in range(batch.num_rows):
        try:
            yield batch.slice(number, 1).to_pylist()[0]
        except UnicodeDecodeError:
            yield "rows that are not UTF-8 text"
        except (ValueError, OverflowError):
            yield "rows with a date out of range"


def told_apart(
    records: Iterable[Record], content: Callable[[Any], bytes], notes: list[str]
) -> Iterator[Record]:
    """Records of which those of one name are one image, unless the first of these are not.

    Files of a dataset may count their images anew each.
    """
    first: dict[tuple[str, str], Any] = {}
    last: dict[tuple[str, str], Any] = {}
    times: Counter[tuple[str, str]] = Counter()
    compared: Counter[tuple[bool, bool]] = Counter()  # in a table or of two, in a row or apart
    are_rows = False
    for each in records:
        key = each.split, each.name
        times[key] += 1
        place = first.setdefault(key, each.place)
        table, row = last.get(key, place)
        last[key] = each.place
        kind = table == each.place[0], row + 1 == each.place[1]
        if place != each.place and not are_rows and compared[kind] < _COMPARED:
            compared[kind] += 1
            are_rows = _differ(content, place, each.place)
            if are_rows:
                notes.append("Rows of the same number hold different images; each is its own.")
        again = are_rows and times[key] > 1
        yield each._replace(name=f"{each.name}#{times[key]}") if again else each


def _differ(content: Callable[[Any], bytes], one: Any, other: Any) -> bool:
    """Whether two cells hold different images; where one cannot be read, nobody knows."""
    try:
        return content(one) != content(other)
    except BadDataError:
        return False


def open_cell(
    cell: Any,
    name: str,
    open_file: Callable[[str], Image.Image],
    is_among_deep: Callable[[], bool],
) -> Image.Image:
    """The image that a cell holds, or that it names and `open_file` opens."""
    content, path = _content_or_path(cell, name)
    return open_file(path) if content is None else decode_image(content, name, is_among_deep)


def _is_text(kind: "pa.DataType") -> bool:
    import pyarrow.types as types

    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def longest(column: "pa.Array") -> int:
    """Bytes of the longest text in a column or its lists; of a dictionary, of those in it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if isinstance(column, pa.DictionaryArray):
        return longest(column.dictionary)
    if isinstance(column, pa.ListArray | pa.LargeListArray):
        return longest(column.values)
    return pc.max(pc.binary_length(column)).as_py() or 0 if _is_text(column.type) else 0


def size_of(cell: "pa.Scalar") -> int:
    """Bytes of what a cell holds, which is not copied for that."""
    import pyarrow as pa

    if not cell.is_valid:
        return 0
    if isinstance(cell, pa.DictionaryScalar):
        return size_of(cell.value)
    if isinstance(cell, pa.StructScalar):
        return sum(map(size_of, cell.values()))
    if isinstance(cell, pa.ListScalar):
        return sum(map(size_of, cell))
    return cell.as_buffer().size if hasattr(cell, "as_buffer") else 0


def read_cell(cell: Any, name: str, read_file: Callable[[str], bytes]) -> bytes:
    """The bytes that a cell holds, or that are in the file that it names."""
    content, path = _content_or_path(cell, name)
    return read_file(path) if content is None else content


def _content_or_path(cell: Any, name: str) -> tuple[Any, Any]:
    if isinstance(cell, list):
        if len(cell) != 1:
            raise BadDataError(f"The image {name} cannot be read: its cell holds {len(cell)}.")
        cell = cell[0]
    if isinstance(cell, str):
        return _from_text(cell, name), ""
    content, path = (cell.get("bytes"), cell.get("path")) if isinstance(cell, dict) else (cell, "")
    if content is None and not path:
        raise BadDataError(f"The image {name} is not there: its cell is empty.")
    return content, path
