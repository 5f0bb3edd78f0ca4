"""What the README's figures come from can be started; what they cost is not measured here."""

import sys
from importlib import import_module
from pathlib import Path

import pytest

import benchmarks

FOLDER = Path(benchmarks.__file__).parent
PROGRAMS = sorted(
    path.stem for path in FOLDER.glob("*.py") if "def main()" in path.read_text("utf-8")
)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_benchmark_tells_its_options(name, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", [name, "--help"])
    with pytest.raises(SystemExit) as end:
        import_module(f"benchmarks.{name}").main()
    assert end.value.code == 0
    assert "usage:" in capsys.readouterr().out
