"""What the process of a run says, and in which order runs get the device; nothing is computed."""

import os
from itertools import count
from types import SimpleNamespace

import pytest

from explorer.errors import ConfigError, MissingDataError
from explorer.runs import worker
from explorer.runs.config import RunConfig
from explorer.runs.directory import Job, Label, RunDirectory, Status
from explorer.runs.estimate import Estimate, Part
from explorer.runs.worker import work_on

DONE = {"n_pairs": 2}


def begun(tmp_path, name: str = "one", state: str = "starting", **job) -> RunDirectory:
    run = RunDirectory(tmp_path / "runs" / name)
    run.create(Job(config=RunConfig(size=2), device="cpu", **job))
    run.write_status(Status(state, queued_at=10.0))
    return run


def work(run: RunDirectory, tmp_path, **more) -> int | None:
    return work_on(run.folder, tmp_path / "cache", **more)


@pytest.fixture
def doing(monkeypatch):
    """What the run does instead of making a set; takes the watcher.

    Its evaluation is expected to take 7 s, of each run that comes later a second more.
    """
    seconds = map(float, count(7))

    def does(act) -> None:
        def made(opened, *_) -> dict:
            act(opened.watcher)
            return DONE

        def opens(*given) -> SimpleNamespace:
            return SimpleNamespace(watcher=given[3], dataset=None)

        expected = [Part("embed", 2.0, ""), Part("evaluate", next(seconds), "")]
        monkeypatch.setattr(worker, "open_run", opens)
        monkeypatch.setattr(worker, "estimate", lambda *_: Estimate(expected, None))
        monkeypatch.setattr(worker, "make_and_score", made)

    return does


def test_a_run_that_ends_well_leaves_its_result_and_what_it_cost(tmp_path, doing):
    run = begun(tmp_path)
    doing(lambda watcher: watcher.report("evaluate")(0.5, "Half"))
    assert work(run, tmp_path) == 0
    status, result = run.status(), run.result()
    assert (status.state, status.share, status.pid) == ("done", 1.0, os.getpid())
    assert result["n_pairs"] == 2
    assert set(result["timing"]) == {"evaluate"}
    assert result["peak_memory"] > 0


@pytest.mark.parametrize(
    ("error", "code", "state", "text"),
    [
        (KeyboardInterrupt(), 130, "cancelled", "Cancelled; it can go on."),
        (MissingDataError("The data are gone."), 2, "failed", "The data are gone."),
        (OSError(28, "No space left on device"), 2, "failed", "The disk is full"),
        (KeyError("a fault of ours"), 1, "failed", "KeyError: 'a fault of ours'"),
    ],
)
def test_however_a_run_ends_its_directory_says_so(tmp_path, doing, error, code, state, text):
    def act(watcher) -> None:
        raise error

    run = begun(tmp_path)
    doing(act)
    assert work(run, tmp_path) == code
    assert run.status().state == state
    assert text in run.status().text
    assert run.result() is None
    assert not run.is_alive()


def test_a_run_that_goes_on_books_its_time_on_top(tmp_path, doing):
    run = begun(tmp_path)
    doing(lambda watcher: watcher.report("embed")(0.1, "A little"))
    before = run.written_status()
    cost = before.cost._replace(timing={"embed": 100.0}, peak_memory=1 << 60)
    run.write_status(before._replace(cost=cost))
    assert work(run, tmp_path) == 0
    assert run.result()["timing"]["embed"] >= 100
    assert run.result()["peak_memory"] == 1 << 60


def test_what_a_run_was_expected_to_take_when_it_first_began_is_kept(tmp_path, doing):
    run = begun(tmp_path)
    for _ in range(2):
        doing(lambda watcher: None)
        assert work(run, tmp_path) == 0
        assert run.expected() == {"embed": 2.0, "evaluate": 7.0}


def test_a_run_that_is_asked_to_end_does_at_its_next_report(tmp_path, doing):
    def act(watcher) -> None:
        run.ask_to_end()
        watcher.report("embed")(0.1, "First line after it was asked")
        pytest.fail("it went on")

    run = begun(tmp_path)
    doing(act)
    assert work(run, tmp_path) == 130


def test_a_run_that_another_process_has_is_refused_and_a_worker_passes_on(tmp_path, doing):
    run = begun(tmp_path)
    lock = run.lock()
    with pytest.raises(ConfigError, match="Run one is already going"):
        work(run, tmp_path)
    assert work(run, tmp_path, most_crashes=3) is None
    lock.close()


def test_workers_leave_a_run_alone_that_ended_too_many_processes(tmp_path, doing):
    doing(lambda watcher: pytest.fail("it was begun again"))
    run = begun(tmp_path, state="running", by_workers=True)
    assert work(run, tmp_path, most_crashes=1) == 1
    assert run.status().text == "It ended 1 processes without a word; see the log."
    assert work(run, tmp_path, most_crashes=1) is None  # it has failed, and is over


def test_who_asked_first_has_the_device_first(tmp_path):
    run, other = begun(tmp_path), begun(tmp_path, "two")
    other.write_label(Label("Ada's", ""))
    held = other.lock()

    def first(state: str, queued_at: float) -> str:
        other.write_status(Status(state, queued_at=queued_at))
        return worker._who_is_first(run, run.job(), 10.0)

    assert first("queued", 9.0) == "Ada's"
    assert first("running", 11.0) == "Ada's"
    assert first("queued", 11.0) == ""
    assert first("done", 9.0) == ""
    held.close()
    assert first("queued", 9.0) == ""  # it died without a word


def test_runs_of_other_devices_and_of_workers_are_waited_for_by_nobody(tmp_path):
    run = begun(tmp_path)
    by_workers = begun(tmp_path, "two", "running", by_workers=True).lock()
    elsewhere = RunDirectory(tmp_path / "runs" / "three")
    elsewhere.create(Job(device="cuda"))
    on_cuda = elsewhere.lock()
    elsewhere.write_status(Status("running", queued_at=1.0))
    assert worker._who_is_first(run, run.job(), 10.0) == ""
    by_workers.close()
    on_cuda.close()
