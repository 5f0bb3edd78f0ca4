"""The images of a set that is learned, as they were on the way, and where it is interrupted."""

from dataclasses import replace

import pytest

from explorer.progress import TimeIsUp
from explorer.runs.config import RunConfig
from explorer.runs.distill import KEPT_CHECKPOINTS, distill
from explorer.sets.folder import DistilledSet
from explorer.store.store import Store
from tests.colours import write_classes
from tests.opened import opened
from tests.watching import Memory


def learned(tmp_path, steps: int) -> RunConfig:
    data = str(write_classes(tmp_path / "classes"))
    config = RunConfig(data=data, task="classification", method="dm", size=1)
    quick = {"steps": steps, "image_size": 8, "width": 4, "depth": 2, "real_batch": 2}
    return replace(config, settings=replace(config.settings, **quick))


@pytest.mark.parametrize("steps", [3, 2 * KEPT_CHECKPOINTS + 1])
def test_a_labelled_set_keeps_its_images_evenly_over_its_steps(tmp_path, steps):
    config = learned(tmp_path, steps)
    kept, watcher = tmp_path / "checkpoints", Memory()
    distill(
        opened(Store(tmp_path / "cache"), config, watcher),
        config,
        tmp_path / "set",
        checkpoints=kept,
    )
    names = sorted(path.name for path in kept.iterdir())
    assert (names[0], names[-1]) == ("000000", f"{steps:06d}")
    assert len(names) <= KEPT_CHECKPOINTS + 2
    looks = watcher.of("metric", "step", "accuracy")  # though students see images of 32 pixels
    assert [f"{look['step']:06d}" for look in looks] == names
    rows = DistilledSet(tmp_path / "set").rows()
    assert DistilledSet(kept / names[-1]).rows() == rows
    for row in rows:
        last, *others = [(kept / name / "train" / row.file_name).read_bytes() for name in names]
        assert any(other != last for other in others)


def test_a_set_that_is_learned_loses_no_step_when_its_time_is_up(tmp_path, monkeypatch):
    monkeypatch.setattr("explorer.runs.distill.KEPT_CHECKPOINTS", 1)  # states between are not kept
    config = learned(tmp_path, n := 3)
    context = opened(Store(tmp_path / "cache"), config, Memory())
    distill(context, config, tmp_path / "whole")
    hurried, target = replace(context, until=0.0), DistilledSet(tmp_path / "set")
    for step in range(n):
        with pytest.raises(TimeIsUp) as end:
            distill(hurried, config, target.folder)
        assert end.value.kept
        assert target.read_state().done == step
    distill(hurried, config, target.folder)
    for row in target.rows():
        name = f"train/{row.file_name}"
        assert (tmp_path / "set" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
