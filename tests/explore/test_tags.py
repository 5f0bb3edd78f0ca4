import csv
import io

import numpy as np
import pytest

from explorer.errors import BadDataError, ConfigError
from explorer.explore import tags
from explorer.explore.columns import all_columns
from explorer.explore.dataset import find_prepared
from explorer.explore.query import find_rows
from explorer.explore.view import View
from explorer.store.store import Store
from explorer.ui import rows
from tests.ui.worlds import store_prepared, write_folder


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    view = View(data=str(write_folder(folder / "data")), n_prototypes=12)
    store_prepared(folder / "cache", view)
    return folder / "cache", view


@pytest.fixture
def prepared(world):
    cache, view = world
    found = find_prepared(Store(cache), view)
    tags._path(found).unlink(missing_ok=True)
    return found


def change(prepared, name, how, *numbers):
    tags.change_tag(prepared, name, how, np.array(numbers, dtype=np.int32))


def tagged(prepared):
    return {name: np.flatnonzero(bits).tolist() for name, bits in tags.read_tags(prepared).items()}


def test_tags_are_added_to_taken_and_dropped_and_survive_a_restart(prepared, world):
    change(prepared, " odd  ones", "add", 3, 5)
    change(prepared, "odd ones", "add", 199)
    change(prepared, "odd ones", "take", 5)
    change(prepared, "seen", "set", 0)
    assert tagged(prepared) == {"odd ones": [3, 199], "seen": [0]}
    assert tagged(find_prepared(Store(world[0]), world[1])) == tagged(prepared)
    change(prepared, "odd ones", "take", 3, 199)
    change(prepared, "seen", "drop")
    assert tagged(prepared) == {}


def test_tags_are_a_column_and_their_change_changes_what_it_is_known_by(prepared):
    assert not all_columns(prepared.store, prepared)["tags"].is_there
    change(prepared, "a", "add", 0, 2)
    before = all_columns(prepared.store, prepared)["tags"]
    change(prepared, "b", "add", 2)
    after = all_columns(prepared.store, prepared)["tags"]
    assert before.of != after.of
    column = after.read()
    assert (list(column.names), column.values.tolist()) == (["a", "b"], [0, 0, 1])
    assert column.starts[:4].tolist() == [0, 1, 1, 3]
    found = find_rows(prepared.store, prepared, 'contains(tags, "b")')
    assert found.tolist() == [2]


def test_exported_rows_have_their_numbers_and_tags(prepared):
    change(prepared, "a", "add", 7)
    change(prepared, "b", "add", 7, 8)
    text = rows.export(prepared, np.array([7, 8, 9]), "csv")
    lines = list(csv.DictReader(io.StringIO(text)))
    assert [(line["row"], line["tags"]) for line in lines] == [("7", "a; b"), ("8", "b"), ("9", "")]


@pytest.mark.parametrize(
    ("name", "how", "said"),
    [
        ("", "add", "at most 60 characters"),
        ("x" * 61, "add", "at most 60 characters"),
        ("a\x07", "add", "at most 60 characters"),
        ("a", "paint", "changed by set, add, take, drop"),
    ],
)
def test_what_is_no_tag_is_said(prepared, name, how, said):
    with pytest.raises(ConfigError, match=said):
        change(prepared, name, how, 1)


def test_rows_that_there_are_not_are_refused(prepared):
    for row in (-1, prepared.n_captions):
        with pytest.raises(IndexError):
            change(prepared, "a", "add", row)


def test_tags_that_cannot_be_read_are_named(prepared):
    change(prepared, "a", "add", 1)
    tags._path(prepared).write_text('{"tags": {"a": "no bits"}}')
    with pytest.raises(BadDataError, match="Delete it to go on without them"):
        tags.read_tags(prepared)


def test_there_are_no_more_tags_than_can_be_looked_at(prepared, monkeypatch):
    monkeypatch.setattr(tags, "MOST", 1)
    change(prepared, "a", "add", 1)
    change(prepared, "a", "add", 2)
    with pytest.raises(ConfigError, match="at most 1 tags"):
        change(prepared, "b", "add", 1)
