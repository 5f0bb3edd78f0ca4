"""What a run directory holds, read and written without any process."""

import io
import json

import pytest

from explorer.errors import BadDataError
from explorer.runs.config import RunConfig, SweepConfig
from explorer.runs.directory import EventLog, Job, Label, RunDirectory
from explorer.store import claims


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


@pytest.mark.parametrize(
    "text", ["", "[1]", '{"embed": "long"}', '{"embed": NaN}', '{"embed": -1}', None]
)
def test_of_a_run_from_before_or_a_damaged_one_nobody_knows_what_it_was_expected_to_take(
    tmp_path, text
):
    run = RunDirectory(tmp_path)
    run.write_expected({"embed": 1.5, "evaluate": 3})
    assert run.expected() == {"embed": 1.5, "evaluate": 3}
    path = tmp_path / "expected.json"
    path.unlink() if text is None else path.write_text(text)
    assert run.expected() == {}


def test_the_lock_is_held_by_one(tmp_path):
    run = RunDirectory(tmp_path)
    held = run.lock()
    assert held
    assert run.is_alive()
    assert RunDirectory(tmp_path).lock() is None
    held.close()
    assert not run.is_alive()


def test_a_run_of_another_machine_is_alive_and_can_be_asked_to_end(tmp_path, monkeypatch):
    theirs, ours = RunDirectory(tmp_path / "run"), RunDirectory(tmp_path / "run")
    theirs.create(Job())
    claim = claims.try_claim(theirs.folder / "run.lock", io.BytesIO())  # with no lock that we see
    monkeypatch.setattr(claims, "_machine", lambda: "ours")
    assert ours.is_elsewhere()
    assert ours.is_alive()
    assert ours.lock() is None
    assert ours.claim() is None
    ours.ask_to_end()
    assert theirs.must_end()
    claim.close()
    assert not ours.is_alive()
    with ours.claim():
        assert not ours.must_end()  # that was asked of the other


def test_a_run_that_was_left_to_workers_waits_for_one(tmp_path):
    left = RunDirectory(tmp_path / "a")
    left.create(Job(by_workers=True, engine="processes"))
    left.write_status(left.written_status()._replace(state="waiting", queued_at=1.0))
    assert left.status().state == "waiting"
    assert (left.job().by_workers, left.job().engine) == (True, "processes")


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
