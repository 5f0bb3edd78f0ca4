"""What a run directory holds, read and written without any process."""

import json

import pytest

from explorer.errors import BadDataError
from explorer.runs.config import RunConfig, SweepConfig
from explorer.runs.directory import EventLog, Job, Label, RunDirectory


@pytest.mark.parametrize("kind", ["prepare", "distill", "sweep"])
def test_a_job_is_read_as_it_was_written(tmp_path, kind):
    plan = SweepConfig(n_sets=2) if kind == "sweep" else None
    job = Job(
        kind=kind, config=RunConfig(size=7), device="cpu", **({"sweep": plan} if plan else {})
    )
    run = RunDirectory(tmp_path / "run")
    run.create(job)
    assert run.job() == job


def test_a_label_is_read_as_it_was_written(tmp_path):
    run = RunDirectory(tmp_path)
    assert run.label() == Label("", "")
    run.write_label(Label("mine", "a note"))
    assert run.label() == Label("mine", "a note")


def test_what_is_no_job_is_a_sentence(tmp_path):
    (tmp_path / "config.json").write_text("[]")
    with pytest.raises(BadDataError, match=r"config\.json"):
        RunDirectory(tmp_path).job()


def test_the_lock_is_held_by_one(tmp_path):
    run = RunDirectory(tmp_path)
    held = run.lock()
    assert held
    assert run.is_alive()
    assert RunDirectory(tmp_path).lock() is None
    held.close()
    assert not run.is_alive()


def test_events_are_read_whole_line_by_whole_line(tmp_path):
    run = RunDirectory(tmp_path)
    path = tmp_path / "events.jsonl"
    path.write_text('{"n": 1}\n{"n": 2')
    events, offset = run.read_events()
    assert (events, offset) == ([{"n": 1}], 9)
    with path.open("a") as file:
        file.write("}\n")
    assert run.read_events(offset) == ([{"n": 2}], 18)
    assert run.read_events(5) == ([{"n": 2}], 18)  # from inside the first line
    assert run.read_events(10**30) == ([], 18)
    path.write_text("")
    assert run.read_events(5) == ([], 0)


def test_a_line_that_a_kill_cut_short_is_dropped_before_more_is_written(tmp_path):
    path = tmp_path / "events.jsonl"
    path.write_text('{"time": 1, "stage": "a", "kind": "metric", "epoch": 1}\n{"time')
    EventLog(path).write("a", "metric", {"epoch": 2})
    assert [json.loads(line)["epoch"] for line in path.read_text().splitlines()] == [1, 2]
