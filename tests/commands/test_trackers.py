import sys
from types import ModuleType, SimpleNamespace

import pytest

from explorer.commands import trackers
from explorer.commands.trackers import TRACKERS, Tracked, open_tracker
from explorer.errors import ConfigError, UnknownNameError
from tests.watching import Memory


class Points:
    """A tracker that remembers."""

    def __init__(self) -> None:
        self.points: list[tuple[dict[str, float], int]] = []

    def log(self, values, step):
        self.points.append((dict(values), step))

    def close(self):
        pass


def test_metrics_become_curves_and_the_watcher_hears_everything_too():
    memory, points = Memory(), Points()
    watcher = Tracked(memory, points)
    watcher.report("evaluate")(0.5, "half")
    watcher.say("evaluate", "a line")
    emit = watcher.emit("evaluate")
    emit("metric", {"backbone": "vit", "seed": 1, "epoch": 0, "loss": 2.5})
    look = {"backbone": "vit", "seed": 1, "epoch": 0, "split": "val", "recall": 3.0, "ir@1": 1.0}
    emit("metric", look)
    emit("image", {"prototype": 3, "similarity": 0.5})
    assert (memory.lines, memory.said, len(memory.events)) == (["half"], ["a line"], 3)
    assert points.points == [
        ({"vit/seed 1/loss": 2.5}, 0),
        ({"vit/seed 1/val/recall": 3.0, "vit/seed 1/val/ir@1": 1.0}, 0),
    ]


@pytest.mark.parametrize("kind", TRACKERS)
def test_a_tracker_that_is_not_installed_is_one_sentence(kind, tmp_path, monkeypatch):
    monkeypatch.setattr(trackers.importlib.util, "find_spec", lambda name: None)
    package = TRACKERS[kind].package
    with pytest.raises(ConfigError, match=f"^{package} is not installed: pip install {package}$"):
        open_tracker(kind, "name", tmp_path, {})


def test_an_unknown_tracker_names_the_known_ones(tmp_path):
    with pytest.raises(UnknownNameError, match="Choose one of: tensorboard, wandb, trackio"):
        open_tracker("mlflow", "name", tmp_path, {})


LOGGED = {
    "wandb": ({"vit/loss": 0.5, "step": 7}, None),  # its own steps may never fall
    "trackio": ({"vit/loss": 0.5}, 7),
}


@pytest.mark.parametrize("kind", LOGGED)
def test_points_go_to_a_run_of_the_project_with_the_settings(kind, tmp_path, monkeypatch):
    """On a stand-in with the calls of both, which are nearly the same."""
    calls: list[tuple] = []
    run = SimpleNamespace(
        log=lambda values, step=None: calls.append(("log", values, step)),
        finish=lambda: calls.append(("finish",)),
        define_metric=lambda name, step_metric: calls.append(("steps", step_metric)),
    )
    module = ModuleType(kind)
    module.init = lambda **given: calls.append(("init", given)) or run
    monkeypatch.setitem(sys.modules, kind, module)
    monkeypatch.setattr(trackers.importlib.util, "find_spec", lambda name: module)
    tracker = open_tracker(kind, "my run", tmp_path, {"method": "pds"})
    tracker.log({"vit/loss": 0.5}, 7)
    tracker.close()
    (_, given), *_ = calls
    assert (given["project"], given["name"]) == ("distillation-explorer", "my run")
    assert given["config"] == {"method": "pds"}
    assert calls[-2:] == [("log", *LOGGED[kind]), ("finish",)]


def test_tensorboard_reads_back_what_was_written(tmp_path):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    tracker = open_tracker("tensorboard", "run", tmp_path, {})
    tracker.log({"vit/loss": 0.5}, 1)
    tracker.log({"vit/loss": 0.25}, 2)
    tracker.close()
    read = EventAccumulator(str(tmp_path / "tensorboard" / "run"))
    read.Reload()
    assert [(each.step, each.value) for each in read.Scalars("vit/loss")] == [(1, 0.5), (2, 0.25)]
