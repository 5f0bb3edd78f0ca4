import shutil

import pytest

from explorer.runs.examples import EXAMPLES, give_examples
from explorer.runs.launcher import Runs
from explorer.sets.folder import DistilledSet, verify_set


@pytest.fixture
def runs(tmp_path):
    runs = Runs(tmp_path / "cache")
    give_examples(runs.folder)
    return runs


def test_a_new_folder_has_a_finished_run_and_a_finished_sweep_that_say_what_they_are(runs):
    (run,), (sweep,) = runs.list_runs("distill"), runs.list_runs("sweep")
    for each in (run, sweep):
        assert each.status.state == "done"
        assert each.label.name.startswith("Example")
        assert "Came with the program" in each.label.note
    assert run.result["evaluation"]["backbones"]
    assert len(sweep.result["sets"]) == 27
    assert run.result["out"] == str(runs.folder / run.id / "set")


def test_the_set_of_the_example_is_whole(runs):
    (run,) = runs.list_runs("distill")
    made = DistilledSet(runs.folder / run.id / "set")
    assert len(made.rows()) == run.job.config.size
    assert verify_set(made.folder).damaged == []


def test_what_was_deleted_does_not_come_back(runs):
    (run,) = runs.list_runs("distill")
    shutil.rmtree(runs.folder / run.id)
    give_examples(runs.folder)
    assert runs.list_runs("distill") == []


def test_examples_hold_no_path_of_the_machine_that_made_them_and_are_small():
    files = [path for path in EXAMPLES.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 4e6
    texts = [
        path.read_text() for path in files if path.suffix in {".json", ".jsonl", ".txt", ".md"}
    ]
    assert texts
    assert not [text for text in texts if str(EXAMPLES.parents[2]) in text or "/home/" in text]
