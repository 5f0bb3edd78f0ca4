"""Rows that a condition names, such as `similarity < 0.1 and kind = "boat"`, through DuckDB.

The condition comes from anybody, so only what a parser's tree shows to be harmless is run:
comparisons, and, or, not, in, between, like, constants, columns of ours and a few functions, with
nothing around the condition. DuckDB itself is locked first: no files, no network, no settings. Two
traps decide how: while external access is off, the default temp directory stays readable and
writable, so there is none; and neither the memory limit nor an interrupt holds inside of single
functions such as list_sum(range(50000000)), so that no such function may be named at all.
"""

import difflib
import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.core.columns import DATE, LIST, NUMBER, WORDS
from explorer.errors import ConfigError
from explorer.explore.columns import About, all_columns, of_captions
from explorer.explore.dataset import Prepared
from explorer.store.store import Store
from explorer.types import Column

if TYPE_CHECKING:
    import duckdb  # elsewhere imported late: it takes a tenth of a second
    import pyarrow as pa

LONGEST, MOST_BRACKETS = 2000, 100
"""Characters of a condition, and opening brackets in it: reading deep ones takes their square."""
SECONDS = 2.0
MEMORY = "512MiB"
AT_ONCE = 2
"""Conditions that are worked on at the same time; others wait."""
FUNCTIONS = frozenset(
    [
        "~~",
        "!~~",
        "~~*",
        "!~~*",
        "+",
        "-",
        "*",
        "/",
        "abs",
        "lower",
        "upper",
        "length",
        "len",
        "contains",
        "starts_with",
        "list_contains",
    ]
)
_CLASSES = frozenset(
    ["COMPARISON", "CONJUNCTION", "CONSTANT", "COLUMN_REF", "BETWEEN", "OPERATOR", "FUNCTION"]
)
_LOCK = (
    "set temp_directory=''",  # first: the default one stays open even without external access
    "set python_enable_replacements=false",  # no Python variable of ours is a table
    "set enable_external_access=false",
    "set lock_configuration=true",  # last: nothing can be set after it
)
MOST_TOLD = 40
"""Words of a column that are told where another was asked for."""
Node = Mapping[str, Any]
"""Of the tree that DuckDB parses a condition into."""
_QUOTED = re.compile(r"""'(?:[^']|'')*'|"([^"]*)\"""")
_room = threading.BoundedSemaphore(AT_ONCE)


def find_rows(store: Store, prepared: Prepared, condition: str) -> np.ndarray:
    """(n,) int64, the captions that a condition holds for, rising.

    A word in double quotes is a column if there is one of that name, else a text.

    Raises:
        ConfigError: The condition is not understood, names what there is not, or takes too long.
    """
    about = {name: each for name, each in all_columns(store, prepared).items() if each.is_there}
    if len(condition) > LONGEST:
        raise ConfigError(f"A condition has at most {LONGEST:,} characters.")
    if condition.count("(") > MOST_BRACKETS:
        raise ConfigError(f"A condition has at most {MOST_BRACKETS} brackets.")
    text = _with_texts(condition, about)
    with _room, _connected() as connection:
        names, nodes = _checked(connection, text, about)
        table = _as_table(prepared, {name: about[name].read() for name in sorted(names)})
        connection.register("given", table)
        connection.execute("create table rows as select * from given")
        connection.unregister("given")
        for line in _LOCK:
            connection.execute(line)
        rows = _run(connection, text)
    if not len(rows):
        _require_known_words(nodes, about)
    return rows


def _with_texts(condition: str, names: Mapping[str, Any]) -> str:
    """The condition with `"boat"` as SQL writes a text; `"kind"` stays a column."""
    condition = re.sub("[“”„]", '"', condition)

    def as_text(match: re.Match[str]) -> str:
        if match[1] is None or match[1].lower() in names:
            return match[0]
        return "'" + match[1].replace("'", "''") + "'"

    return _QUOTED.sub(as_text, condition)


@contextmanager
def _connected() -> "Iterator[duckdb.DuckDBPyConnection]":
    """A database in memory, of one thread, that loads nothing by itself."""
    import duckdb

    settings: dict[str, Any] = {
        "threads": 1,
        "memory_limit": MEMORY,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    with duckdb.connect(":memory:", config=settings) as connection:
        yield connection


def _checked(
    connection: "duckdb.DuckDBPyConnection", text: str, about: Mapping[str, About]
) -> tuple[set[str], list[Node]]:
    """The columns and the nodes of a condition that holds nothing but what is allowed."""
    frame, where = _tree(connection, text)
    if where is None or frame != _tree(connection, "true")[0]:
        raise ConfigError("Write one condition, with nothing around it.")
    names: set[str] = set()
    nodes = list(_nodes(where))
    for node in nodes:
        kind = node["class"]
        if kind not in _CLASSES:
            raise ConfigError(f"A condition may not hold a {str(kind).lower()}.")
        if kind == "FUNCTION":
            _check_function(node)
        if kind == "COLUMN_REF":
            names.add(_column(node, about))
    return names, nodes


def _nodes(where: Node) -> Iterator[Node]:
    """Whatever the tree of a condition says a class of."""
    todo: list[Any] = [where]
    while todo:
        each = todo.pop()
        if isinstance(each, dict):
            if each.get("class") is not None:
                yield each
            todo += each.values()
        elif isinstance(each, list):
            todo += each


def _require_known_words(nodes: list[Node], about: Mapping[str, About]) -> None:
    """Raises where a column of words is asked to equal one that none of its rows has."""
    for node in nodes:
        if node.get("type") in ("COMPARE_EQUAL", "COMPARE_IN"):
            sides = node.get("children") or [node["left"], node["right"]]
            columns = [each for each in sides if each["class"] == "COLUMN_REF"]
            given = [each["literal"] for each in sides if each["class"] == "CONSTANT"]
            texts = [each["text"] for each in given if each["kind"] == "STRING"]
            if len(columns) == 1:
                _require_some(_column(columns[0], about), texts, about)


def _require_some(name: str, texts: list[str], about: Mapping[str, About]) -> None:
    if about[name].kind != WORDS:
        return
    known = about[name].read().names
    if unknown := [each for each in texts if each not in known]:
        told = f"No row has {name} = “{unknown[0]}”"
        if len(known) > MOST_TOLD:
            raise ConfigError(f"{told}; the field completes words that are there.")
        raise ConfigError(f"{told}; there are {', '.join(known)}.")


def _check_function(node: Node) -> None:
    name = node["function_name"]
    if name not in FUNCTIONS or node.get("schema") or node.get("catalog"):
        known = ", ".join(sorted(each for each in FUNCTIONS if each.isidentifier()))
        raise ConfigError(f"There is no function {name} here; there are {known}.")


def _column(node: Node, about: Mapping[str, About]) -> str:
    parts = node["column_names"]
    name = ".".join(parts).lower()
    if len(parts) == 1 and name in about:
        return name
    near = difflib.get_close_matches(name, about, n=1)
    hint = f"Did you mean {near[0]}?" if near else "A text stands in quotes."
    raise ConfigError(f"There is no column {'.'.join(parts)}. {hint}")


def _tree(connection: "duckdb.DuckDBPyConnection", text: str) -> tuple[str, dict[str, Any] | None]:
    """The statement around the condition, and the condition, as DuckDB parses them."""
    import duckdb

    before = "select rowid from rows where ("
    asked = "select json_serialize_sql(?)"
    try:
        (answer,) = connection.execute(asked, [f"{before}{text}\n)"]).fetchall()[0]
        tree = json.loads(answer)
    except (duckdb.Error, ValueError, RecursionError) as error:
        raise ConfigError("The condition is not understood.") from error
    if tree.get("error"):
        place = int(tree.get("position") or 0) - len(before)
        near = f" near “{text[place : place + 20].strip()}”" if 0 <= place < len(text) else ""
        raise ConfigError(f'The condition is not understood{near}. Write it like: kind = "boat"')
    if len(tree["statements"]) != 1 or "where_clause" not in tree["statements"][0]["node"]:
        raise ConfigError("Write one condition, with nothing around it.")
    where = tree["statements"][0]["node"].pop("where_clause")
    return re.sub(r'"query_location": ?\d+', "", json.dumps(tree)), where


def _run(connection: "duckdb.DuckDBPyConnection", text: str) -> np.ndarray:
    """The rows; what the engine says of an error may name paths and is not passed on."""
    import duckdb

    timer = threading.Timer(SECONDS, connection.interrupt)
    timer.start()
    try:
        found = connection.execute(f"select rowid from rows where ({text}\n)").fetchnumpy()
    except duckdb.InterruptException as error:
        raise ConfigError(f"The condition took more than {SECONDS:.0f} s.") from error
    except duckdb.OutOfMemoryException as error:
        raise ConfigError(f"The condition needs more than {MEMORY}.") from error
    except duckdb.Error as error:
        raise ConfigError(
            "The condition compares things that do not fit together, such as a number and a text."
        ) from error
    finally:
        timer.cancel()
    return np.sort(np.asarray(found["rowid"], dtype=np.int64))


def _as_table(prepared: Prepared, columns: Mapping[str, Column]) -> "pa.Table":
    """A row per caption."""
    import pyarrow as pa

    of_rows = {name: of_captions(column, prepared) for name, column in columns.items()}
    arrays = {name: _as_array(column) for name, column in of_rows.items()}
    return pa.table(arrays or {"nothing": pa.nulls(prepared.n_captions)})


def _as_array(column: Column) -> "pa.Array":
    import pyarrow as pa

    missing = np.isnan(column.values) if column.kind in (NUMBER, DATE) else column.values < 0
    if column.kind == NUMBER:
        return pa.array(column.values, mask=missing)
    if column.kind == DATE:
        seconds = np.where(missing, 0, column.values).astype(np.int64)
        return pa.array(seconds.astype("datetime64[s]"), mask=missing)
    names = pa.array(column.names, pa.large_string())
    words = names.take(pa.array(column.values, pa.int32(), mask=missing))
    if column.kind != LIST:
        return words
    return pa.LargeListArray.from_arrays(pa.array(column.starts, pa.int64()), words)
