"""The images of a set that is learned, as they were on the way, and where it is interrupted."""

from dataclasses import replace

import pytest

from explorer.errors import ConfigError
from explorer.progress import TimeIsUp
from explorer.runs.config import RunConfig
from explorer.runs.distill import distill
from explorer.sets.folder import DistilledSet
from explorer.sets.moments import MOMENTS
from explorer.store.store import Store
from explorer.tasks.registry import TASKS, find_task
from tests.colours import write_classes
from tests.opened import opened
from tests.watching import Memory


def learned(tmp_path, steps: int, **other) -> RunConfig:
    data = str(write_classes(tmp_path / "classes"))
    config = RunConfig(data=data, task="classification", method="dm", size=1)
    quick = {"steps": steps, "image_size": 8, "width": 4, "depth": 2, "real_batch": 2, **other}
    return replace(config, settings=replace(config.settings, **quick))


def content(folder) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


@pytest.mark.parametrize("steps", [3, 2 * MOMENTS + 1])
def test_a_labelled_set_keeps_its_images_evenly_over_its_steps(tmp_path, steps):
    config = learned(tmp_path, steps, kept="last")
    kept, watcher = tmp_path / "checkpoints", Memory()
    distill(
        opened(Store(tmp_path / "cache"), config, watcher),
        config,
        tmp_path / "set",
        checkpoints=kept,
    )
    names = sorted(path.name for path in kept.iterdir())
    assert (names[0], names[-1]) == ("000000", f"{steps:06d}")
    assert len(names) <= MOMENTS + 2
    looks = watcher.of("metric", "step", "accuracy")  # though students see images of 32 pixels
    assert [f"{look['step']:06d}" for look in looks] == names
    rows = DistilledSet(tmp_path / "set").rows()
    assert DistilledSet(kept / names[-1]).rows() == rows
    for row in rows:
        last, *others = [(kept / name / "train" / row.file_name).read_bytes() for name in names]
        assert any(other != last for other in others)


def test_a_set_that_is_learned_loses_no_step_when_its_time_is_up(tmp_path, monkeypatch):
    monkeypatch.setattr("explorer.sets.moments.MOMENTS", 1)  # states between are not kept
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


@pytest.fixture
def judged(monkeypatch):
    """Has a quick student score what is said here, one look after the other."""

    def say(*scores: float) -> None:
        told = iter(scores)
        task = find_task("classification")
        look = replace(task, look=lambda context, samples, config: {"accuracy": next(told)})
        monkeypatch.setitem(TASKS, "classification", look)

    return say


def test_the_set_is_that_of_the_moment_which_does_best_on_val(tmp_path, judged):
    config, watcher = learned(tmp_path, 4), Memory()
    judged(10.0, 20.0, 40.0, 30.0, 40.0)
    context = opened(Store(tmp_path / "cache"), config, watcher)
    distill(context, config, tmp_path / "set", checkpoints=tmp_path / "moments")
    assert content(tmp_path / "set" / "train") == content(tmp_path / "moments" / "000002" / "train")
    assert any("step 2 of 4, which does best on val: Accuracy 40.0 %" in s for s in watcher.said)
    told = watcher.of("image", "kept")
    assert [each["step"] for each in told] == [2] * len(DistilledSet(tmp_path / "set").rows())
    assert not list((tmp_path / "set").glob(".*"))
    DistilledSet(tmp_path / "set").check()


def test_the_last_moment_is_kept_where_somebody_wants_it_or_nothing_judges(tmp_path, judged):
    config = learned(tmp_path, 2, kept="last")
    judged(30.0, 20.0, 10.0)
    context = opened(Store(tmp_path / "cache"), config, Memory())
    distill(context, config, tmp_path / "last")
    config = learned(tmp_path, 2)
    splits = {name: s for name, s in context.dataset.splits.items() if name != "val"}
    without = replace(context, dataset=replace(context.dataset, splits=splits))
    judged(30.0, 20.0, 10.0)
    distill(without, config, tmp_path / "without")
    assert content(tmp_path / "last" / "train") == content(tmp_path / "without" / "train")


def test_a_set_that_goes_on_knows_its_best_moment(tmp_path, judged):
    config = learned(tmp_path, 3)
    context = opened(Store(tmp_path / "cache"), config, Memory())
    judged(10.0, 40.0, 20.0, 30.0)
    distill(context, config, tmp_path / "whole")
    hurried = replace(context, until=0.0)
    for score in ((10.0,), (10.0, 40.0), (40.0, 20.0)):  # where it begins anew it looks again
        judged(*score)
        with pytest.raises(TimeIsUp):
            distill(hurried, config, tmp_path / "set")
    judged(20.0, 30.0)
    distill(hurried, config, tmp_path / "set")
    assert content(tmp_path / "set") == content(tmp_path / "whole")


def test_what_judges_a_set_decides_it(tmp_path, judged):
    config = learned(tmp_path, 1)
    context = opened(Store(tmp_path / "cache"), config, Memory())
    judged(10.0, 20.0)
    distill(context, config, tmp_path / "set")
    judged(10.0, 20.0)
    more = replace(config, evaluation=replace(config.evaluation, n_seeds=9))
    distill(context, more, tmp_path / "set")  # who scores it in the end is another matter
    other = replace(config, evaluation=replace(config.evaluation, epochs=7))
    with pytest.raises(ConfigError, match="other settings"):
        distill(context, other, tmp_path / "set")
