"""Workers on one cache: what waits there is done once, whichever of them dies."""

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from explorer.models.forked import environment
from explorer.runs.config import SweepConfig
from explorer.runs.directory import Job, RunDirectory
from explorer.runs.launcher import Runs
from tests.runs.test_launcher import state, until

PLAN = SweepConfig(methods=("random",), n_pairs=(3, 5), n_sets=3)


@pytest.fixture
def program(bundle) -> list[str]:
    fields = {**bundle._asdict(), "synthesis": vars(bundle.synthesis)}
    return [
        sys.executable,
        str(Path(__file__).with_name("quick_sets_program.py")),
        json.dumps(fields),
    ]


@pytest.fixture
def runs(tmp_path, program) -> Runs:
    return Runs(tmp_path / "cache", program)


@pytest.fixture
def start_worker(program, runs):
    workers = []

    def start() -> subprocess.Popen:
        command = [*program, "worker", "--cache", str(runs.cache), "--json"]
        workers.append(
            subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment())
        )
        return workers[-1]

    yield start
    for each in workers:
        each.kill()
        each.wait()


def test_three_workers_of_which_one_is_killed_do_each_set_of_a_sweep(config, runs, start_worker):
    run_id = runs.start(Job(kind="sweep", config=config, sweep=PLAN, by_workers=True))
    run = runs.open(run_id)
    assert state(runs, run_id) == "waiting"
    begun, killed = run.folder / "begun", start_worker()
    until(lambda: begun.exists() and len(begun.read_text().split()) > 1, 120)
    os.kill(killed.pid, signal.SIGKILL)
    others = [start_worker(), start_worker()]
    told = [json.loads(each.communicate()[0].splitlines()[-1]) for each in others]
    assert state(runs, run_id) == "done", run.log_path.read_text()
    assert [run_id] in [each["runs"] for each in told]
    names = [f"random-{n}-{number}" for number in range(3) for n in (3, 5)]
    made = begun.read_text().split()
    assert sorted({*made}) == sorted(names)
    assert len(made) <= len(names) + 1  # but for the one that the killed worker was at
    scores = json.loads((run.sweep_folder / "scores.json").read_bytes())["scores"]
    assert [f"{each['method']}-{each['n_pairs']}-{each['number']}" for each in scores] == names


def test_a_run_that_ends_every_worker_is_left_alone_in_the_end(runs, start_worker, config):
    run_id = runs.start(Job(config=config, by_workers=True))
    run = runs.open(run_id)
    run.write_status(run.written_status()._replace(state="running"))
    (run.folder / "crashes").write_bytes(b"..")
    assert state(runs, run_id) == "crashed"
    assert start_worker().wait(60) == 0
    assert state(runs, run_id) == "failed"
    assert "3 processes" in runs.status(run_id).text


def test_a_run_that_waits_can_be_cancelled_and_left_again(runs, config):
    run_id = runs.start(Job(config=config, by_workers=True))
    assert [info.id for info in runs.queue()] == [run_id]
    runs.cancel(run_id)
    assert state(runs, run_id) == "cancelled"
    runs.resume(run_id)
    assert state(runs, run_id) == "waiting"


def test_a_run_directory_made_elsewhere_opens_here(runs, config, tmp_path):
    """As a job of another machine, or a notebook, leaves it: copied into the cache's `runs`."""
    folder = tmp_path / "elsewhere"
    sets = replace(PLAN, methods=("random",), n_pairs=(3,), n_sets=1)
    job = Job(kind="sweep", config=config, sweep=sets, device="cpu")
    RunDirectory(folder).create(job)
    elsewhere = [*runs._program, "run", str(folder), "--cache", str(tmp_path / "their-cache")]
    subprocess.run(elsewhere, check=True, stdout=subprocess.DEVNULL, env=environment())
    shutil.move(folder, runs.folder / "from-elsewhere")
    (info,) = runs.list_runs("sweep")
    assert (info.id, info.status.state, info.job) == ("from-elsewhere", "done", job)
    assert info.result is not None
    assert len(info.result["sets"]) == 1
