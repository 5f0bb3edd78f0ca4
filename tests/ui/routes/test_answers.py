"""What several routes answer in the same way."""

import errno
import json
import logging
from types import SimpleNamespace

import pytest
from fastapi import HTTPException
from fastapi.exceptions import RequestValidationError

from explorer.errors import TOLD, BadDataError, ConfigError
from explorer.ui.routes.answers import (
    FULL,
    HANDLERS,
    WRONG,
    explain,
    one_of,
    packed,
    refuse,
    there,
    webp,
)

REQUEST = SimpleNamespace(url=SimpleNamespace(path="/runs"))


def told(response) -> tuple[int, dict]:
    return response.status_code, json.loads(response.body)


def test_what_is_beyond_the_end_is_not_there():
    assert there(lambda: 7) == 7
    for read in (lambda: [][3], lambda: bytes(10**30)):
        with pytest.raises(HTTPException) as caught:
            there(read, "image")
        assert (caught.value.status_code, caught.value.detail) == (404, "There is no such image.")
    with pytest.raises(KeyError):  # a fault of ours
        there(lambda: {}["a"])


def test_a_file_of_a_run_is_one_of_those_that_are_given_out(tmp_path):
    for name in ("table.csv", "config.json"):
        (tmp_path / name).write_text("a")
    given = one_of({"table.csv", "table.md"}, tmp_path, "table.csv", "run-1")
    assert 'filename="run-1-table.csv"' in given.headers["content-disposition"]
    for name in ("table.md", "config.json", "../table.csv"):
        with pytest.raises(HTTPException) as caught:
            one_of({"table.csv", "table.md"}, tmp_path, name, "run-1")
        assert caught.value.status_code == 404


def test_what_never_changes_is_kept_by_browsers_and_by_no_one_between():
    assert "immutable" in webp(b"image").headers["cache-control"]
    assert webp(b"image").media_type == "image/webp"
    for response in (webp(b"image"), packed(b"numbers")):
        assert response.headers["cache-control"].startswith("private, ")


@pytest.mark.parametrize(
    ("error", "status", "detail"),
    [
        (ConfigError("n_prototypes must be 1."), WRONG, "Pairs must be 1."),
        (BadDataError("Half a \ud800."), WRONG, "Half a ?."),
        (OSError(errno.ENOSPC, "full", "/home/ada"), FULL, "The disk is full; free some space"),
        (OSError("9 requested and 4 written"), FULL, "The disk is full; free some space"),
        (OSError(errno.ECONNRESET, "Reset"), WRONG, "Reset."),
    ],
)
def test_a_problem_is_answered_by_its_sentence(error, status, detail):
    code, answer = told(explain(REQUEST, error))
    assert code == status
    assert answer["error"] == type(error).__name__
    assert answer["detail"].startswith(detail)
    assert "ada" not in answer["detail"]


def test_whoever_runs_the_server_hears_of_a_full_disk_with_its_place(caplog):
    with caplog.at_level(logging.WARNING):
        explain(REQUEST, ConfigError("No such run."))
        assert caplog.text == ""
        explain(REQUEST, OSError(errno.ENOSPC, "full", "/home/ada/cache"))
    assert "/runs: The disk is full" in caplog.text
    assert "/home/ada/cache" in caplog.text


def test_a_wrong_value_is_named_and_not_repeated():
    error = RequestValidationError(
        [{"loc": ("query", "n", 2), "msg": "should be an integer", "input": "secret"}]
    )
    code, answer = told(refuse(REQUEST, error))
    assert (code, answer) == (
        WRONG,
        {"error": "ValidationError", "detail": "n, 2: should be an integer."},
    )
    whole = RequestValidationError([{"loc": ("body",), "msg": "is missing"}])
    assert told(refuse(REQUEST, whole))[1]["detail"] == "body: is missing."


def test_everything_that_people_can_mend_has_an_answer():
    assert set(TOLD) < HANDLERS.keys()
