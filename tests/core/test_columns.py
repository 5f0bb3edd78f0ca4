from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from explorer.core import columns
from explorer.core.columns import CAPTION, IMAGE, GrowingTable


def grown(*values):
    table = GrowingTable()
    for value in values:
        table.add({"it": value})
    return table.columns(IMAGE)["it"]


def shown(column):
    """The cells as words, numbers and lists."""
    if column.kind in ("number", "date"):
        return [None if np.isnan(value) else float(value) for value in column.values]
    word = [*column.names, None]
    if column.starts is None:
        return [word[code] for code in column.values]
    return [[word[c] for c in column.values[a:b]] for a, b in pairwise(column.starts)]


@pytest.mark.parametrize(
    ("cells", "kind", "said"),
    [
        ([1, 2.5, None], "number", [1, 2.5, None]),
        (["1", "-2e3", "n/a", ""], "number", [1, -2000, None, None]),
        (["boat", None, "house", "boat"], "words", ["boat", None, "house", "boat"]),
        ([True, False], "words", ["true", "false"]),
        (["1970-01-02", "1970-01-01T01:00:00Z"], "date", [86400, 3600]),
        ([["a", "b"], [], None, ["b"]], "list", [["a", "b"], [], [], ["b"]]),
        ([1, None, "many"], "words", ["1", None, "many"]),
        (["1970-01-02", "later"], "words", ["1970-01-02T00:00:00", "later"]),
        (["a", None, ["b", "a"], 3], "list", [["a"], [], ["b", "a"], ["3"]]),
        ([float("nan"), float("inf"), 10**400, 4], "number", [None, None, None, 4]),
    ],
)
def test_a_column_becomes_what_holds_all_of_its_cells(cells, kind, said):
    column = grown(*cells)
    assert (column.kind, shown(column), len(column)) == (kind, said, len(cells))


def test_rows_that_lack_a_column_are_empty_in_it():
    table = GrowingTable()
    for row in ({"a": 1}, {"b": "x"}, {"a": 2, "b": "y"}, {}):
        table.add(row)
    found = table.columns(IMAGE)
    assert shown(found["a"]) == [1, None, 2, None]
    assert shown(found["b"]) == [None, "x", "y", None]


def test_a_column_of_nothing_is_none():
    table = GrowingTable()
    table.add({"a": None, "b": {"nested": 1}})
    assert table.columns(IMAGE) == {}


def test_cells_are_taken_in_any_order():
    column = grown(["a"], ["b", "c"], [])
    assert shown(columns.take(column, np.array([1, 2, 0, 1]))) == [
        ["b", "c"],
        [],
        ["a"],
        ["b", "c"],
    ]


def test_what_all_captions_of_every_image_share_belongs_to_the_image():
    image_of = np.array([0, 0, 1, 2])
    shared = replace(grown(1, 1, None, 3), per=CAPTION)
    own = replace(grown("x", "y", "z", "z"), per=CAPTION)
    lists = replace(grown(["a"], ["a"], [], ["a", "b"]), per=CAPTION)
    assert shown(columns.per_image(shared, image_of)) == [1, None, 3]
    assert columns.per_image(shared, image_of).per == IMAGE
    assert columns.per_image(own, image_of) is own
    assert shown(columns.per_image(lists, image_of)) == [["a"], [], ["a", "b"]]
