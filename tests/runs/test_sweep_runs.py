"""A sweep as a run: one directory, one process, resumable."""

import json
import os
import signal
from dataclasses import replace
from pathlib import Path

from explorer.runs.config import SweepConfig
from explorer.runs.directory import Job, RunDirectory
from explorer.runs.launcher import Runs
from explorer.runs.tables import TABLES
from tests.runs.left_alone import left_alone
from tests.runs.test_launcher import state, until

PLAN = SweepConfig(methods=("random", "herding", "all"), n_pairs=(3, 5), n_sets=2)


def outcome(run: RunDirectory) -> dict:
    """What the run found, without what it cost."""
    result = run.result()
    assert result is not None, run.log_path.read_text()
    assert result.pop("timing").keys() == {"sweep"}
    assert result.pop("peak_memory") > 0
    return result


def test_a_killed_sweep_ends_with_the_table_of_one_that_was_left_alone(config, bundle, tmp_path):
    fields = {**bundle._asdict(), "synthesis": vars(bundle.synthesis)}
    program = [str(Path(__file__).with_name("tiny_program.py")), json.dumps(fields)]
    job = Job(kind="sweep", config=config, sweep=PLAN, device="cpu")
    killed = Runs(tmp_path / "killed", program)
    run = killed.open(run_id := killed.start(job))
    until((run.sweep_folder / "scores.json").exists, 120)
    os.kill(killed.status(run_id).pid, signal.SIGKILL)
    until(lambda: state(killed, run_id) == "crashed")
    assert run.result() is None
    killed.resume(run_id)
    whole = left_alone(tmp_path / "whole", job)
    until(lambda: state(killed, run_id) in ("done", "failed"), 120)
    assert outcome(run) == outcome(whole)
    for name in TABLES:
        table = (run.sweep_folder / name).read_bytes()
        assert table == (whole.sweep_folder / name).read_bytes()
        assert b"herding" in table
    assert (run.status().stage, run.status().share) == ("sweep", 1.0)
    events, _ = run.read_events()
    scored = [e for e in events if (e["stage"], e["kind"]) == ("sweep", "metric")]
    assert len(scored) == 2 * (2 * 2 + 2 + 1)  # once each, although the resumed run repeats some
    assert [info.id for info in killed.list_runs("sweep")] == [run_id]
    assert killed.list_runs() == []


def test_a_job_remembers_its_sweep_and_one_from_before_there_were_any_is_read(tmp_path, config):
    job = Job(kind="sweep", config=config, sweep=PLAN)
    run = RunDirectory(tmp_path / "run")
    run.create(job)
    assert run.job() == job
    old = replace(job, kind="distill").as_json()
    del old["sweep"]
    assert Job.from_json(old).sweep == SweepConfig()
