"""Every command, found by looking, against arguments that no sound person gives.

Each ends with exit code 2 and one sentence, never in a traceback; a command that is added tomorrow
is tried the same day.
"""

import argparse
import os
import re
from pathlib import Path

import pytest

from explorer import __main__ as program
from tests.hostile import HALF, TEXTS

PATHS = [*TEXTS, HALF, "/dev/null", "/etc/passwd", "\udcff"]
RIGHT = {"test": "scenes", "format": "parquet", "data": "no-such-data"}


def commands() -> dict[str, argparse.ArgumentParser]:
    parser = program._parser([])
    (found,) = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    return dict(found.choices)


def tries(name: str, parser: argparse.ArgumentParser, tmp_path: Path) -> list[list[str]]:
    """For every argument that takes a text or a path: each hostile value, the others right."""
    right = {**RIGHT, "out": str(tmp_path / "out"), "folder": str(tmp_path / "none")}
    needed = [a for a in parser._actions if a.required and a.dest != "help"]
    slots = [a for a in parser._actions if a.nargs != 0 and not isinstance(a, argparse._HelpAction)]
    found = []
    for slot in slots:
        for value in PATHS if slot in needed or slot.dest in ("cache", "bundle") else PATHS[:12]:
            given = [name]
            for each in {*needed, slot}:
                text = value if each is slot else right.get(each.dest, "x")
                given += [f"{each.option_strings[0]}={text}"] if each.option_strings else [text]
            found.append(given)
    return found


@pytest.fixture
def kept_parsers(monkeypatch) -> None:
    """Only the methods that are named decide about a parser; one takes some time to be made."""
    make, kept = program._parser, {}

    def parser(given: list[str]) -> argparse.ArgumentParser:
        methods = tuple(each for each in given if each.startswith("--method"))
        if methods not in kept:
            kept[methods] = make(given)
        return kept[methods]

    monkeypatch.setattr(program, "_parser", parser)


@pytest.mark.parametrize("name", commands())
def test_no_argument_is_a_traceback(name, tmp_path, capsys, monkeypatch, kept_parsers):
    monkeypatch.setattr("signal.signal", lambda *_: None)
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("it went to the network"))
    here = tmp_path / "in" / "here"  # so that ".." holds no images of other tests
    here.mkdir(parents=True)
    monkeypatch.chdir(here)
    for given in tries(name, commands()[name], tmp_path):
        try:
            code = program.main(given)
        except SystemExit as stop:  # argparse's own refusal
            code = stop.code
        out, err = capsys.readouterr()
        what = [each[:80] for each in given]
        harmless = name == "methods" or "Data" in out or code == 0
        assert code == 2 or harmless, what
        assert "Traceback" not in err, what
        if code == 2:
            last = err.strip().splitlines()[-1]
            assert re.match(r"explorer: |python -m explorer|usage", last), (what, last)
            assert len(last) < 4000 or "usage" in err, what
    assert os.getcwd() == str(here)


@pytest.mark.parametrize("name", ["prepare", "distill"])
@pytest.mark.parametrize("cache", ["a file", "a file/cache", "/proc/cache"])
def test_a_cache_that_cannot_be_is_a_sentence(name, cache, tmp_path, capsys, monkeypatch, colours):
    monkeypatch.setattr("signal.signal", lambda *_: None)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a file").write_text("")
    given = [name, str(colours), "--cache", cache, "--device", "cpu", "--prototypes", "3"]
    given += ["--out", "out"] if name == "distill" else []
    assert program.main(given) == 2
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert re.match(r"explorer: .*(file, no folder|not there|permission)", last), last
