"""Curves to a tracker that people watch their own runs with, where it is installed."""

import importlib.util
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from explorer.errors import ConfigError, UnknownNameError
from explorer.progress import Emit, Report, Watcher

PROJECT = "distillation-explorer"
_ABOUT = ("method", "backbone", "number", "seed", "split")
"""Fields of a metric that say what was measured, in the order in which they name a curve."""


class Tracker(Protocol):
    def log(self, values: Mapping[str, float], step: int) -> None:
        """Adds a point to each of these curves."""

    def close(self) -> None:
        """Sends what is left."""


class Tracked:
    """Passes on what a watcher is told, and the metrics to a tracker, too."""

    def __init__(self, watcher: Watcher, tracker: Tracker) -> None:
        self._watcher, self._tracker = watcher, tracker

    def report(self, stage: str) -> Report:
        return self._watcher.report(stage)

    def emit(self, stage: str) -> Emit:
        emit = self._watcher.emit(stage)

        def both(kind: str, values: Mapping[str, Any]) -> None:
            emit(kind, values)
            if kind == "metric":
                self._tracker.log(*_curves(values))

        return both

    def say(self, stage: str, text: str) -> None:
        self._watcher.say(stage, text)


def _curves(values: Mapping[str, Any]) -> tuple[dict[str, float], int]:
    """The measurements of a metric by the names of their curves, and the step they belong to.

    Examples:
        >>> _curves({"backbone": "vit", "seed": 0, "epoch": 10, "split": "val", "recall": 3.5})
        ({'vit/seed 0/val/recall': 3.5}, 10)
        >>> _curves({"method": "pds", "n_pairs": 20, "number": 1, "backbone": "vit", "recall": 9.0})
        ({'pds/vit/number 1/recall': 9.0}, 20)
    """
    about = [
        f"{name} {values[name]}" if isinstance(values[name], int) else values[name]
        for name in _ABOUT
        if name in values
    ]
    step = values["epoch"] if "epoch" in values else values["n_pairs"]
    measured = {name: value for name, value in values.items() if isinstance(value, float)}
    return {"/".join([*about, name]): value for name, value in measured.items()}, step


class _TensorBoard:
    """Writes TensorBoard's files without its summary writer, which would need torch."""

    def __init__(self, name: str, folder: Path, settings: Mapping[str, Any]) -> None:
        from tensorboard.summary.writer.event_file_writer import EventFileWriter

        self._writer = EventFileWriter(str(folder / "tensorboard" / name))

    def log(self, values: Mapping[str, float], step: int) -> None:
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.compat.proto.summary_pb2 import Summary

        points = [Summary.Value(tag=tag, simple_value=value) for tag, value in values.items()]
        event = Event(step=step, wall_time=time.time(), summary=Summary(value=points))
        self._writer.add_event(event)

    def close(self) -> None:
        self._writer.close()


class _Wandb:
    """Weights & Biases; where it sends things, or whether, is its own settings' business."""

    def __init__(self, name: str, folder: Path, settings: Mapping[str, Any]) -> None:
        import wandb

        self._run = wandb.init(project=PROJECT, name=name, config=dict(settings), dir=str(folder))
        self._run.define_metric("*", step_metric="step")  # each student begins at 0 again

    def log(self, values: Mapping[str, float], step: int) -> None:
        self._run.log({**values, "step": step})

    def close(self) -> None:
        self._run.finish()


class _Trackio:
    """Trackio, which keeps its runs on this machine unless it is told of a Space."""

    def __init__(self, name: str, folder: Path, settings: Mapping[str, Any]) -> None:
        import trackio

        self._run = trackio.init(project=PROJECT, name=name, config=dict(settings))

    def log(self, values: Mapping[str, float], step: int) -> None:
        self._run.log(dict(values), step=step)

    def close(self) -> None:
        self._run.finish()


class TrackerSpec(NamedTuple):
    package: str  # as pip and Python call it
    open: Callable[[str, Path, Mapping[str, Any]], Tracker]  # name, folder, settings


TRACKERS = {
    "tensorboard": TrackerSpec("tensorboard", _TensorBoard),
    "wandb": TrackerSpec("wandb", _Wandb),
    "trackio": TrackerSpec("trackio", _Trackio),
}


def open_tracker(kind: str, name: str, folder: Path, settings: Mapping[str, Any]) -> Tracker:
    """Starts a run in one of `TRACKERS`, which may write into the folder; its settings are JSON."""
    if kind not in TRACKERS:
        raise UnknownNameError(f"No tracker {kind!r}. Choose one of: {', '.join(TRACKERS)}.")
    package = TRACKERS[kind].package
    if importlib.util.find_spec(package) is None:
        raise ConfigError(f"{package} is not installed: pip install {package}")
    return TRACKERS[kind].open(name, folder, settings)
