"""What the README's figures come from can be started; what they cost is not measured here."""

import sys
from importlib import import_module
from pathlib import Path

import pytest

import benchmarks
from benchmarks import learned_pairs

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


def test_a_step_that_learns_pairs_finds_the_gradients_of_the_published_one(monkeypatch):
    monkeypatch.setattr(learned_pairs, "BATCH", 3)
    monkeypatch.setattr(learned_pairs, "STEPS", 2)
    world = learned_pairs.open_world(4)
    for name in ("a step of LoRS", "a step of RepBlend"):
        sides = [work(world) for work in learned_pairs.TASKS[name].values()]
        assert learned_pairs.difference(*sides) < 1e-4
    assert learned_pairs.difference(sides[0], {n: 1.01 * v for n, v in sides[1].items()}) > 1e-3
