"""What columns of Arrow tables hold, and which of their rows are images with captions."""

import base64
import json

import pyarrow as pa
import pytest

from explorer.data.left_out import LeftOut
from explorer.data.reading import arrow
from explorer.data.records import Record
from explorer.errors import BadDataError

IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])


def schema(**columns: pa.DataType) -> pa.Schema:
    return pa.schema(list(columns.items()))


@pytest.mark.parametrize(
    "kind",
    [
        pa.binary(),
        pa.large_binary(),
        IMAGE,
        pa.list_(IMAGE),
        pa.dictionary(pa.int32(), pa.binary()),
        pa.struct([("bytes", pa.null()), ("path", pa.string())]),
    ],
    ids=str,
)
def test_images_are_known_by_their_type_whatever_they_are_called(kind):
    own = schema(path=pa.string(), content=kind, caption=pa.string())
    fields = arrow.fields_of(own, "t")
    assert fields.image == "content"
    assert arrow.has_images(own, fields)
    named = schema(path=pa.string(), caption=pa.string())
    assert not arrow.has_images(named, arrow.fields_of(named, "t"))


def test_columns_of_numbers_are_no_captions_and_only_plain_ones_are_kept():
    own = schema(
        image=IMAGE,
        text_score=pa.float32(),
        long_text=pa.string(),
        width=pa.int64(),
        taken=pa.timestamp("s"),
        tags=pa.list_(pa.string()),
        box=pa.struct([("x", pa.int32())]),
        mask=pa.binary(),
    )
    fields = arrow.fields_of(own, "t")
    assert fields.captions == ("long_text",)
    assert fields.others == ("text_score", "width", "taken", "tags")
    with pytest.raises(BadDataError, match="its columns are image, width"):
        arrow.fields_of(schema(image=IMAGE, width=pa.int64()), "t")


@pytest.mark.parametrize(
    ("about", "names"),
    [
        ({"info": {"features": {"label": {"names": ["cat", "dog"]}}}}, ["cat", "dog"]),
        ({"info": {"features": {"label": {}}}}, []),
        ({"info": {"features": {"label": {"names": "cat"}}}}, []),
        ([], []),
    ],
)
def test_classes_are_named_where_the_hub_named_them(about, names):
    own = schema(image=IMAGE, label=pa.int64())
    said = own.with_metadata({"huggingface": json.dumps(about)})
    assert arrow.class_names(said, arrow.fields_of(said, "t"), "t") == names
    assert arrow.class_names(own, arrow.fields_of(own, "t"), "t") == []
    broken = own.with_metadata({"huggingface": "{"})
    assert arrow.class_names(broken, arrow.fields_of(broken, "t"), "t") == []


def records(table: pa.Table, left_out: LeftOut, **changed: object) -> list[Record]:
    fields = arrow.fields_of(table.schema, "t")
    asked = {"split": "train", "where": "t", "place": lambda row: row, "left_out": left_out}
    return list(arrow.records_of(table.to_batches(), fields, **{**asked, **changed}))


def test_rows_are_records_and_those_that_cannot_be_used_are_counted():
    table = pa.table(
        {
            "image": pa.array([b"0"] * 5, pa.binary()),
            "caption": ["a", "b", "c", "d", "e"],
            "split": ["train", "val", "somewhere", "test", "train"],
            "status": ["success", "success", "success", "failed_to_download", "success"],
            "image_id": [7, 7, 8, 9, None],
            "width": [1, 2, 3, 4, 5],
        }
    )
    left_out = LeftOut()
    found = records(table, left_out)
    assert [(each.split, each.name, each.captions) for each in found] == [
        ("train", "7", ["a"]),
        ("val", "7", ["b"]),
        ("train", "t/4", ["e"]),
    ]
    assert [each.place for each in found] == [0, 1, 4]
    assert found[2].columns["width"] == 5
    assert left_out == {"rows of an unknown split": 1, "images that could not be fetched": 1}


def test_rows_that_name_their_images_need_a_name():
    left_out = LeftOut()
    table = pa.table({"file_name": ["a.jpg", None], "caption": [["x", "y"], ["z"]]})
    (only,) = records(table, left_out, place=None)
    assert (only.name, only.place, only.captions) == ("a.jpg", "a.jpg", ["x", "y"])
    assert left_out == {"rows without an image": 1}


def test_a_row_that_is_not_utf_8_costs_that_row_alone():
    offsets = pa.py_buffer(b"".join(n.to_bytes(4, "little") for n in (0, 1, 2, 3)))
    text = pa.Array.from_buffers(pa.string(), 3, [None, offsets, pa.py_buffer(b"a\xffc")])
    left_out = LeftOut()
    found = records(pa.table({"image": pa.array([b"0"] * 3), "caption": text}), left_out)
    assert [each.captions for each in found] == [["a"], ["c"]]
    assert left_out == {"rows that are not UTF-8 text": 1}
    assert left_out.examples["rows that are not UTF-8 text"] == ["row 1 of t"]


def told_apart(content: dict[object, bytes], *rows: tuple[str, object]) -> tuple[list[str], int]:
    def read(place: object) -> bytes:
        if place not in content:
            raise BadDataError("broken")
        return content[place]

    notes: list[str] = []
    given = [Record("train", name, (), place, "", {}) for name, place in rows]
    return [each.name for each in arrow.told_apart(given, read, notes)], len(notes)


def test_rows_of_one_name_are_one_image_unless_they_show_others():
    rows = [("1", (0, 0)), ("2", (0, 1)), ("1", (1, 0)), ("1", (1, 1))]
    same = dict.fromkeys([(0, 0), (0, 1), (1, 0), (1, 1)], b"x")
    assert told_apart(same, *rows) == (["1", "2", "1", "1"], 0)
    other = {**same, (1, 0): b"y"}
    assert told_apart(other, *rows) == (["1", "2", "1#2", "1#3"], 1)


def test_where_images_cannot_be_read_nobody_knows_that_they_are_others():
    assert told_apart({}, ("1", (0, 0)), ("1", (1, 0))) == (["1", "1"], 0)


def test_few_images_are_compared_and_those_of_two_tables_as_well():
    """Here within the first table all are the same, and the next one counts anew."""
    within = [("1", (0, n)) for n in range(10)]
    content = {**dict.fromkeys([place for _, place in within], b"x"), (1, 0): b"y"}
    names, n_notes = told_apart(content, *within, ("1", (1, 0)))
    assert (names[:10], names[10], n_notes) == (["1"] * 10, "1#11", 1)


@pytest.mark.parametrize(
    ("cell", "content"),
    [
        (b"abc", b"abc"),
        ({"bytes": b"abc", "path": "x.jpg"}, b"abc"),
        ({"bytes": None, "path": "x.jpg"}, b"of x.jpg"),
        ([{"bytes": b"abc", "path": None}], b"abc"),
        (base64.b64encode(b"abc").decode(), b"abc"),
        ("data:image/png;base64," + base64.b64encode(b"abc").decode(), b"abc"),
    ],
)
def test_a_cell_holds_an_image_or_names_it(cell, content):
    assert arrow.read_cell(cell, "n", lambda path: f"of {path}".encode()) == content


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        (None, "its cell is empty"),
        ({"bytes": None, "path": None}, "its cell is empty"),
        ([], "its cell holds 0"),
        ([b"a", b"b"], "its cell holds 2"),
        ("%%%", "it is not base64"),
    ],
)
def test_a_cell_without_an_image_says_why(cell, why):
    with pytest.raises(BadDataError, match=f"The image n .*{why}"):
        arrow.read_cell(cell, "n", lambda path: b"")


def test_images_written_as_text_are_told_from_names():
    long = base64.b64encode(bytes(range(256)) * 2).decode()
    assert arrow.are_written([None, "", long])
    assert arrow.are_written(["data:image/png;base64,xx"])
    assert not arrow.are_written(["folder-1/" * 50 + "a.jpg", long])
    assert not arrow.are_written([])


@pytest.mark.parametrize(
    ("column", "n"),
    [
        (pa.array(["a", "héé", None]), 5),
        (pa.array([["a"], ["bb", "cccc"], None]), 4),
        (pa.array(["a", "bbb", "a"]).dictionary_encode(), 3),
        (pa.array([1, 2]), 0),
        (pa.array([], pa.string()), 0),
    ],
)
def test_the_longest_text_is_measured_in_bytes(column, n):
    assert arrow.longest(column) == n


@pytest.mark.parametrize(
    ("kind", "value", "n"),
    [
        (pa.binary(), b"abc", 3),
        (pa.binary(), None, 0),
        (IMAGE, {"bytes": b"abc", "path": "xy"}, 5),
        (pa.list_(pa.binary()), [b"abc", b"d"], 4),
        (pa.int64(), 7, 0),
    ],
)
def test_the_size_of_a_cell_is_that_of_all_that_it_holds(kind, value, n):
    assert arrow.size_of(pa.scalar(value, kind)) == n
    assert arrow.size_of(pa.array(["aa"]).dictionary_encode()[0]) == 2


def test_rows_far_apart_are_compared_even_where_neighbours_are_the_same():
    """As where tables were joined that count their images anew."""
    rows = [(str(n // 2), (0, n)) for n in range(12)]
    content = {place: name.encode() for name, place in rows} | {(0, 12): b"other"}
    names, n_notes = told_apart(content, *rows, ("0", (0, 12)))
    assert (names[12], n_notes) == ("0#3", 1)


@pytest.mark.parametrize("other", ["audio", "depth", "embedding", "md5", "a_mask"])
@pytest.mark.parametrize("image", ["image_bytes", "rgb", "webp_data", "Photo"])
def test_of_columns_of_bytes_the_one_called_like_an_image_is_taken(image, other):
    own = schema(**{other: pa.binary(), image: pa.binary(), "caption": pa.string()})
    fields = arrow.fields_of(own, "t")
    assert (fields.image, arrow.other_images(own, fields)) == (image, [])


def test_columns_that_might_hold_the_images_as_well_are_told():
    own = schema(before=pa.binary(), after=pa.binary(), size=pa.int64(), caption=pa.string())
    fields = arrow.fields_of(own, "t")
    assert (fields.image, arrow.other_images(own, fields)) == ("before", ["after"])


def test_a_column_of_splits_without_any_is_none():
    own = schema(image=pa.binary(), caption=pa.string(), split=pa.null())
    assert arrow.fields_of(own, "t").split is None


@pytest.mark.parametrize(
    ("own", "reason"),
    [
        (schema(image=pa.list_(pa.list_(pa.uint8())), label=pa.int8()), "lists of numbers in"),
        (pa.schema([("image", pa.binary()), *[("text", pa.string())] * 2]), "several columns"),
    ],
    ids=["numbers", "twice"],
)
def test_tables_that_cannot_be_understood_say_why(own, reason):
    with pytest.raises(BadDataError, match=reason):
        arrow.fields_of(own, "t")
