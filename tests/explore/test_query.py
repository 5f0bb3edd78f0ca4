import os

import numpy as np
import pytest

from explorer.errors import ConfigError
from explorer.explore import query
from explorer.explore.dataset import find_prepared
from explorer.explore.view import View
from explorer.store.store import Store
from tests.ui.worlds import store_prepared, write_folder

HOSTILE = [
    "1=1) union select rowid from rows where (1=1",
    "1=1); drop table rows; select (1",
    "1=1) order by (1",
    "1=1) limit (1",
    "true) group by all having (true",
    "true) or (true); copy rows to 'x.csv'; select (1",
    "exists(select 1 from read_text('x'))",
    "similarity in (select 1)",
    "kind = (select 'x')",
    "kind = (select content from read_text('/etc/hostname'))",
    "list_sum(range(1000000000)) > 0",
    "repeat(kind, 999999999) = 'x'",
    "kind || kind = 'x'",
    "kind = getenv('HOME')",
    "kind = current_setting('temp_directory')",
    "main.lower(kind) = 'x'",
    "read_csv('/etc/passwd') = 1",
    "similarity > ?",
    "$a = 1",
    "rows.similarity > 0",
    "rowid > 3",
    "similarity > 1 /*",
    "",
    " ",
    ")",
    "kind::int > 0",
    "cast(kind as int) > 0",
    "row_number() over () > 1",
    "sum(similarity) > 1",
    "[x for x in [1]] = [1]",
    "list_transform([1], lambda x: x) = [1]",
    "{'a': 1} = kind",
    "case when true then true end",
    "* = 1",
    "columns('.*') = 1",
    "kind collate nocase = 'x'",
    "kind = 'x' and",
    "kind similar to '(a+)+b'",
    "regexp_matches(kind, '(a+)+b')",
    "set memory_limit='10GB'",
    "attach 'x.db'",
    "install httpfs",
    "pragma database_list",
    "true" + " " * query.LONGEST,
    "(" * query.MOST_BRACKETS + "(true)" + ")" * query.MOST_BRACKETS,
]


HARMLESS = [
    "kind = 'ü\x00' or true",
    "true --",
    "(" * 90 + "true" + ")" * 90,
    "not not " * 200 + "true",
]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    view = View(data=str(write_folder(folder / "data")), n_prototypes=12)
    store_prepared(folder / "cache", view)
    return find_prepared(Store(folder / "cache"), view)


def rows(prepared, condition):
    return query.find_rows(prepared.store, prepared, condition).tolist()


@pytest.mark.parametrize("condition", HOSTILE)
def test_what_is_more_than_a_condition_is_refused_in_our_own_words(prepared, condition):
    before = sorted(os.listdir())
    with pytest.raises(ConfigError) as raised:
        rows(prepared, condition)
    told = str(raised.value).partition(" near ")[0]  # what was asked may be said again
    assert "Error" not in told
    assert "/" not in told
    assert sorted(os.listdir()) == before


@pytest.mark.parametrize("condition", HARMLESS)
def test_what_is_only_odd_is_answered(prepared, condition):
    assert rows(prepared, condition) == list(range(prepared.n_captions))


def kind(prepared):
    column = prepared.dataset.splits["train"].columns["kind"]
    return np.array(column.names)[column.values][prepared.image_of_caption]


def test_a_condition_names_rows_by_numbers_words_and_texts(prepared):
    similarity, kinds = prepared.similarity, kind(prepared)
    word = kinds[0]
    assert rows(prepared, "similarity < 0.5") == np.flatnonzero(similarity < 0.5).tolist()
    both = np.flatnonzero((similarity < 0.5) & (kinds == word)).tolist()
    assert rows(prepared, f'similarity < 0.5 and kind = "{word}"') == both
    assert rows(prepared, f"Similarity < 0.5 AND kind in ('{word}')") == both
    assert rows(prepared, f'"kind" = “{word}” and not similarity >= 0.5') == both
    texts = [row for row, text in enumerate(prepared.captions) if word in text]
    assert rows(prepared, f"caption like '%{word}%'") == texts
    assert rows(prepared, f"contains(lower(caption), '{word}')") == texts
    none = np.flatnonzero(prepared.prototype_of_caption < 0).tolist()
    assert rows(prepared, "prototype is null") == none
    assert none


def test_a_word_that_no_row_has_is_told_with_those_there_are(prepared, monkeypatch):
    word, known = (
        kind(prepared)[0],
        ", ".join(prepared.dataset.splits["train"].columns["kind"].names),
    )
    for condition in ('kind = "boot"', "similarity < 2 and kind in ('boot', 'bat')"):
        with pytest.raises(ConfigError, match=f"No row has kind = “boot”; there are {known}"):
            rows(prepared, condition)
    monkeypatch.setattr(query, "MOST_TOLD", 1)
    with pytest.raises(ConfigError, match="completes words"):
        rows(prepared, "'boot' = kind")
    assert rows(prepared, f"kind = 'boot' or kind = '{word}'")
    assert rows(prepared, f"kind = '{word}' and similarity > 2") == []
    assert rows(prepared, "similarity > 2 and kind != 'boot'") == []


def test_what_does_not_fit_is_named(prepared):
    with pytest.raises(ConfigError, match=r"no column simlarity\. Did you mean similarity\?"):
        rows(prepared, "simlarity < 1")
    with pytest.raises(ConfigError, match=r"no column boat\. A text stands in quotes\."):
        rows(prepared, "kind = boat")
    with pytest.raises(ConfigError, match="do not fit together"):
        rows(prepared, "similarity = 'much'")
    with pytest.raises(ConfigError, match="near “and"):
        rows(prepared, "similarity < 1 and and")


def test_a_locked_database_reaches_no_file_and_takes_no_setting(tmp_path, monkeypatch):
    import duckdb

    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.csv").write_text("a\n1\n")
    secret = np.arange(3)  # a table for DuckDB, unless replacements are off
    assert len(secret) == 3
    with query._connected() as connection:
        connection.execute("create table rows as select 1 as a")
        for line in query._LOCK:
            connection.execute(line)
        for statement in (
            "select * from read_csv('x.csv')",
            "select * from 'x.csv'",
            "select * from read_text('/etc/hostname')",
            "select * from glob('*')",
            "copy rows to '.tmp/x.csv'",
            "copy rows to 'y.csv'",
            "attach 'x.db'",
            "install httpfs",
            "load httpfs",
            "select * from 'http://127.0.0.1:1/x.csv'",
            "select * from secret",
            "set enable_external_access=true",
            "set temp_directory='x'",
            "reset lock_configuration",
            "export database 'z'",
        ):
            with pytest.raises(duckdb.Error):
                connection.execute(statement).fetchall()
    assert sorted(os.listdir(tmp_path)) == ["x.csv"]
