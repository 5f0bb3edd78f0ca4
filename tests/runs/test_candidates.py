"""Which sets a referee is given, and what they are called."""

import pytest

from explorer.errors import ConfigError, MissingDataError
from explorer.runs.candidates import candidates
from explorer.runs.config import RunConfig
from explorer.runs.directory import Label
from explorer.runs.launcher import Runs
from tests.made_sets import make_run


@pytest.fixture
def runs(tmp_path) -> Runs:
    runs = Runs(tmp_path)
    for name in ("a", "b"):
        make_run(runs, name, RunConfig(size=2), 40.0)
    return runs


def test_a_run_and_the_folder_of_its_set_are_one_set_with_the_name_of_the_run(runs):
    run = runs.open("a")
    run.write_label(Label("the best"))
    run.write_result({**run.result(), "timing": {"embed": 2.0, "evaluate": 9.0}, "peak_memory": 7})
    (found,), (same,) = candidates([run.folder]), candidates([run.set_folder])
    assert found == same == ("the best", run.set_folder, 2.0, 7)
    with pytest.raises(ConfigError, match="is named twice"):
        candidates([run.folder, run.set_folder])


def test_sets_that_are_called_alike_are_told_apart(runs):
    first, second = candidates([runs.open("a").folder, runs.open("b").folder])
    assert second.name == f"{first.name} (2)"


def test_a_set_of_no_run_is_called_as_its_folder_and_nobody_measured_it(runs, tmp_path):
    alone = tmp_path / "alone"
    runs.open("a").set_folder.rename(alone)
    assert candidates([alone]) == [("alone", alone, None, None)]
    with pytest.raises(MissingDataError, match="`import` opens other ones"):
        candidates([tmp_path / "nothing"])
