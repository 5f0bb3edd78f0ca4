"""What lists say of runs."""

from types import SimpleNamespace

import pytest

from explorer.runs.config import RunConfig, SweepConfig
from explorer.runs.directory import Job, Label, RunDirectory
from explorer.runs.launcher import Runs
from explorer.ui.named import named, runs_on
from tests.made_sets import DONE


@pytest.fixture
def runs(tmp_path):
    """Runs without a process, the oldest first."""
    return Runs(tmp_path)


def add(runs: Runs, run_id: str, data: str, result: dict | None = None, kind: str = "distill"):
    run = RunDirectory(runs.folder / run_id)
    run.create(Job(kind=kind, config=RunConfig(data=data, method="random")))
    run.write_status(DONE)
    if result is not None:
        run.write_result(result)
    return run


def test_a_run_is_named_as_its_job_and_its_label_have_it(runs):
    add(runs, "a", "scenes").write_label(Label("mine", "a note"))
    told = named(runs.info("a"))
    assert (told["id"], told["kind"]) == ("a", "distill")
    assert told["about"]["method"]["name"] == "random"
    assert (told["config"]["data"], told["config"]["size"]) == ("scenes", RunConfig().size)
    assert told["sweep"] == SweepConfig().as_json()
    assert told["label"] == {"name": "mine", "note": "a note"}


def test_runs_on_the_data_of_a_map_are_told_newest_first_with_their_sizes(runs):
    result = {"n_pairs": 3, "timing": {}, "peak_memory": 0}
    add(runs, "20260101-000000-a", "scenes", result)
    add(runs, "20260102-000000-b", "digits", result)
    add(runs, "20260103-000000-c", "scenes")
    add(runs, "20260104-000000-d", "scenes", kind="prepare")
    add(runs, "20260105-000000-e", "scenes", result)
    prepared = SimpleNamespace(config=SimpleNamespace(data="scenes"))
    service = SimpleNamespace(runs=runs)
    found = runs_on(service, prepared, lambda run: run.id[-1] != "e")
    assert [each["id"][-1] for each in found] == ["c", "a"]
    assert [each["result"] for each in found] == [None, {"n_pairs": 3}]
    assert runs_on(service, prepared, lambda run: False) == []
