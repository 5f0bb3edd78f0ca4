import json
import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from explorer.config import MapConfig
from explorer.errors import BadDataError, ConfigError, MissingDataError
from explorer.runs.config import RunConfig
from explorer.runs.directory import Job, Label, RunDirectory
from explorer.runs.launcher import Runs
from explorer.sets.folder import DistilledSet
from explorer.store.writing import ASIDE
from tests.configs import about_set, with_settings
from tests.runs.left_alone import left_alone

WAITING = (str(Path(__file__).with_name("waiting_program.py")),)


def job(n: int, **other) -> Job:
    """A job that waits n twentieths of a second."""
    config = RunConfig(size=n, **other)
    return Job(config=config)


def until(holds: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def runs(tmp_path):
    runs = Runs(tmp_path / "cache", WAITING)
    yield runs
    for run in runs.list_runs() + runs.list_runs("prepare"):
        runs.cancel(run.id)


def state(runs: Runs, run_id: str) -> str:
    return runs.status(run_id).state


def test_a_run_goes_from_starting_to_done_and_tells_what_happens(runs):
    run_id = runs.start(job(3))
    assert state(runs, run_id) in ("starting", "queued", "running")
    until(lambda: state(runs, run_id) == "done")
    (info,) = runs.list_runs()
    assert (info.id, info.job, info.result) == (run_id, job(3), {"waited": 3})
    events, offset = runs.read_events(run_id)
    assert [event["epoch"] for event in events if event["kind"] == "metric"] == [0, 1, 2]
    assert all({"time", "stage", "kind"} <= event.keys() for event in events)
    assert runs.read_events(run_id, offset) == ([], offset)
    assert "Done" in runs.open(run_id).log_path.read_text()


def test_a_cancelled_run_says_so_within_a_second_and_can_go_on(runs):
    run_id = runs.start(job(100))
    until(lambda: runs.status(run_id).text.startswith("Waiting: 3"))
    start = time.monotonic()
    runs.cancel(run_id)
    assert state(runs, run_id) == "cancelled"
    assert time.monotonic() - start < 1
    assert not runs.open(run_id).is_alive()
    runs.resume(run_id)
    until(lambda: state(runs, run_id) == "running")


def test_what_a_stopped_attempt_cost_is_not_forgotten(runs):
    run_id = runs.start(job(100))
    until(lambda: runs.status(run_id).cost.timing.get("embed", 0) > 0.4)
    runs.cancel(run_id)
    before = runs.status(run_id).cost
    assert before.peak_memory > 10 << 20
    runs.resume(run_id)
    assert runs.status(run_id).cost.timing["embed"] >= before.timing["embed"]
    until(lambda: runs.status(run_id).cost.timing["embed"] > before.timing["embed"] + 0.2)
    os.kill(runs.status(run_id).pid, signal.SIGKILL)
    until(lambda: state(runs, run_id) == "crashed")
    assert runs.status(run_id).cost.timing["embed"] > before.timing["embed"] + 0.2
    assert runs.status(run_id).cost.peak_memory >= before.peak_memory


def test_a_run_that_does_not_listen_is_cancelled_all_the_same(runs):
    run_id = runs.start(job(100, data="deaf"))
    until(lambda: state(runs, run_id) == "running" and runs.status(run_id).stage)
    start = time.monotonic()
    runs.cancel(run_id)
    assert state(runs, run_id) == "cancelled"
    assert time.monotonic() - start < 1


def test_a_run_may_be_cancelled_before_its_process_says_a_word(runs):
    run_id = runs.start(job(100))
    runs.cancel(run_id)
    assert state(runs, run_id) == "cancelled"


def test_a_run_that_died_is_crashed_and_can_be_resumed(runs):
    run_id = runs.start(job(12))
    until(lambda: runs.status(run_id).text.startswith("Waiting: 4"))
    os.kill(runs.status(run_id).pid, signal.SIGKILL)
    until(lambda: state(runs, run_id) == "crashed")
    runs.resume(run_id)
    until(lambda: state(runs, run_id) == "done")
    events, _ = runs.read_events(run_id)
    epochs = [event["epoch"] for event in events if event["kind"] == "metric"]
    assert epochs == list(range(12))  # what the resumed run repeats stands there once


def test_a_page_that_was_restarted_finds_and_stops_its_runs(runs, tmp_path):
    run_id = runs.start(job(100))
    until(lambda: state(runs, run_id) == "running")
    restarted = Runs(tmp_path / "cache", WAITING)
    assert [run.id for run in restarted.list_runs()] == [run_id]
    restarted.cancel(run_id)
    assert state(restarted, run_id) == "cancelled"


def test_a_run_that_cannot_work_says_why(runs):
    run_id = runs.start(job(1, data="broken"))
    until(lambda: state(runs, run_id) == "failed")
    assert runs.status(run_id).text == "This cannot work."


def test_runs_wait_for_each_other_first_come_first_served(runs):
    ids = [runs.start(job(n)) for n in (30, 10, 10)]
    until(lambda: state(runs, ids[0]) == "running")
    until(lambda: runs.status(ids[2]).text.startswith("Queued behind Scenes · pds · "))
    seen = []
    while state(runs, ids[2]) != "done":
        running = [each for each in reversed(ids) if state(runs, each) == "running"]
        assert len(running) <= 1  # the last is looked at first: it begins when others have ended
        seen += running
        time.sleep(0.01)
    assert list(dict.fromkeys(seen)) == ids


def test_the_queue_lists_runs_of_every_kind_in_their_order(runs):
    first = runs.start(job(2000))
    until(lambda: state(runs, first) == "running")
    second = runs.start(replace(job(100), kind="prepare"))
    third = runs.start(job(100))
    assert [run.id for run in runs.queue()] == [first, second, third]
    until(lambda: runs.status(second).text == "Queued behind Scenes · pds · 2,000 pairs")
    runs.label(first, Label("my baseline"))
    runs.cancel(second)
    until(lambda: runs.status(third).text == "Queued behind my baseline")
    assert [run.id for run in runs.queue()] == [first, third]


def test_a_run_is_named_and_a_broken_label_hides_nothing(runs, caplog):
    run_id = runs.start(job(1))
    assert runs.list_runs()[0].label == Label("", "")
    runs.label(run_id, Label("  two\nlines ", " kept\nas it is "))
    assert runs.list_runs()[0].label == Label("two lines", "kept\nas it is")
    with pytest.raises(ConfigError, match="a note 1,000; these have 1 and 1,001"):
        runs.label(run_id, Label("x", 1001 * "y"))
    (runs.open(run_id).folder / "label.json").write_text("{")
    assert runs.list_runs()[0].label == Label("", "")
    assert "label.json cannot be read" in caplog.text


def test_a_run_does_not_wait_for_one_that_died(runs):
    first = runs.start(job(200))
    until(lambda: state(runs, first) == "running")
    second = runs.start(job(2))
    until(lambda: state(runs, second) == "queued")
    os.kill(runs.status(first).pid, signal.SIGKILL)
    until(lambda: state(runs, second) == "done")


def test_a_preparation_under_way_is_joined(runs):
    prepare = replace(job(100), kind="prepare")
    first = runs.start(prepare)
    assert runs.start(prepare) == first
    assert runs.start(replace(prepare, map_config=MapConfig(seed=1))) != first
    runs.cancel(first)
    assert runs.start(prepare) != first


def test_only_a_run_that_stopped_can_be_resumed_or_deleted(runs):
    run_id = runs.start(job(100))
    with pytest.raises(ConfigError, match="only a run that stopped can go on"):
        runs.resume(run_id)
    with pytest.raises(ConfigError, match="cancel it first"):
        runs.delete(run_id)
    runs.cancel(run_id)
    runs.delete(run_id)
    assert runs.list_runs() == []


@pytest.mark.parametrize("run_id", ["nothing", "../runs", ""])
def test_an_unknown_run_is_refused(runs, run_id):
    with pytest.raises(MissingDataError, match="There is no run"):
        runs.status(run_id)


def test_a_broken_run_directory_does_not_hide_the_others(runs, caplog):
    run_id = runs.start(job(1))
    broken = runs.folder / "broken"
    broken.mkdir()
    (broken / "config.json").write_text('{"kind": "dance"}')
    assert [run.id for run in runs.list_runs()] == [run_id]
    assert "is not a run directory" in caplog.text
    with pytest.raises(BadDataError):
        runs.open("broken").job()


def test_ended_children_are_collected(runs):
    run_id = runs.start(job(1))
    process = Path(f"/proc/{runs._children[run_id].pid}")
    until(lambda: state(runs, run_id) == "done" and not runs._children)
    until(lambda: not process.exists())


def content(run: RunDirectory) -> dict[str, bytes]:
    paths = (path for path in run.set_folder.rglob("*") if path.is_file())
    return {str(path.relative_to(run.folder)): path.read_bytes() for path in paths}


def test_a_killed_run_ends_like_one_that_was_left_alone(config, bundle, tmp_path):
    fields = {**bundle._asdict(), "synthesis": vars(bundle.synthesis)}
    program = [str(Path(__file__).with_name("tiny_program.py")), json.dumps(fields)]
    job = Job(config=with_settings(config, synthesis={"steps": 30}), device="cpu")
    whole = left_alone(tmp_path / "whole", job)

    runs = Runs(tmp_path / "killed", program)
    run_id = runs.start(job)
    run = runs.open(run_id)
    until(lambda: (run.set_folder / "train" / "000000.png").exists(), 90)
    os.kill(runs.status(run_id).pid, signal.SIGKILL)
    until(lambda: state(runs, run_id) == "crashed")
    assert len(list((run.set_folder / "train").glob("*.png"))) < 11
    runs.resume(run_id)
    until(lambda: state(runs, run_id) in ("done", "failed"), 90)
    assert run.result() is not None, run.log_path.read_text()
    for each in (whole, run):
        result = each.result()
        assert result.pop("timing").keys() == {"embed", "prototypes", "synthesize", "evaluate"}
        assert result.pop("out") == str(each.set_folder)
        assert result.pop("peak_memory") > 50 << 20  # torch alone needs more
        each.write_result(result)
    assert (run.folder / "result.json").read_bytes() == (whole.folder / "result.json").read_bytes()
    assert content(run) == content(whole)
    assert "## Scores" in (run.set_folder / "README.md").read_text()


def test_what_a_kill_left_half_written_is_not_part_of_the_set(config, tmp_path):
    target = DistilledSet(tmp_path / "set")
    target.begin(about_set(config))
    (target.images / f"{ASIDE}1-000000.png").write_bytes(b"half an image")
    target.begin(about_set(config))
    assert list(target.images.iterdir()) == []


def test_cancel_does_not_wait_for_ever_for_a_process_that_says_nothing(runs, monkeypatch):
    monkeypatch.setattr("explorer.runs.launcher._LONGEST", 0.1)
    run = RunDirectory(runs.folder / "mute")
    run.create(job(1))
    lock = run.lock()
    with lock, pytest.raises(ConfigError, match="does not end"):
        runs.cancel("mute")
