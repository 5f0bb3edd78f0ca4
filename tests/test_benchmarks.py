"""What the README's figures come from can be started; what they cost is not measured here."""

import sys
from importlib import import_module
from pathlib import Path

import pytest
import torch

import benchmarks
from benchmarks import learned_pairs, whole_networks

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


def test_a_step_of_whole_networks_has_a_gradient_for_every_image_exact_or_truncated(monkeypatch):
    monkeypatch.setattr(whole_networks, "STEPS", 2)
    world = whole_networks.open_world("vit", 3)
    exact, cut = (whole_networks.a_step(world, 2, truncated) for truncated in (False, True))
    assert exact["images"].abs().amax(dim=(1, 2, 3)).min() > 0
    assert not torch.allclose(exact["images"], cut["images"], rtol=0.01)
    monkeypatch.setattr(whole_networks, "EXPERT_BATCH", 4)
    whole_networks.expert_step(world)
