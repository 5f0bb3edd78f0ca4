"""What the README's figures come from can be started; what they cost is not measured here."""

import sys
from importlib import import_module
from pathlib import Path

import pytest
import torch
from torch.nn import functional

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


def test_the_flat_weights_of_a_whole_network_see_what_it_sees_and_get_a_gradient(monkeypatch):
    monkeypatch.setattr(whole_networks, "STEPS", 2)
    world = whole_networks.open_world("vit", 3)
    with torch.no_grad():
        image = functional.normalize(world.network(world.pixels))
        text = functional.normalize(world.head(world.start[1], world.texts))
        found = world.cosines(world.start, world.pixels, world.texts)
    torch.testing.assert_close(found, image @ text.T, atol=1e-5, rtol=0)
    exact, cut = (whole_networks.a_step(world, 2, truncated) for truncated in (False, True))
    torch.testing.assert_close(exact.losses, cut.losses)
    assert exact.inputs[0].abs().amax(dim=(1, 2, 3)).min() > 0
    assert not torch.allclose(exact.inputs[0], cut.inputs[0], rtol=0.01)
