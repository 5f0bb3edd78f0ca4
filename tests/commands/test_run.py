"""A run directory or a recipe is done."""

import json

import pytest

from explorer.__main__ import main
from explorer.runs.directory import Job, RunDirectory


def test_a_run_directory_is_worked_on(config, tmp_path, capsys):
    run = RunDirectory(tmp_path / "runs" / "one")
    run.create(Job(config=config.with_method("random"), device="cpu"))
    assert main(["run", str(run.folder), "--cache", str(tmp_path / "cache"), "--json"]) == 0
    assert run.status().state == "done"
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told == {"state": "done", "result": run.result()}
    assert run.result()["n_pairs"] == 11
    assert "evaluate" in run.result()["timing"]


def test_a_folder_that_is_no_run_directory_is_refused(tmp_path, capsys):
    assert main(["run", str(tmp_path)]) == 2
    assert "is not a run directory" in capsys.readouterr().err


@pytest.fixture
def recipe(tmp_path, monkeypatch):
    """A recipe; what it asks for is not done, but the folders that would be worked on are kept."""
    path = tmp_path / "digits.yaml"
    path.write_text("data: digits\nmethod: dm\nsize: 1\n")
    worked = []
    monkeypatch.setattr("explorer.commands.run.work_on", lambda *given: worked.append(given))
    return path, worked


def test_a_recipe_begins_a_run_and_the_same_one_goes_on_with_it(recipe, tmp_path):
    path, worked = recipe
    for _ in range(2):
        assert main(["run", str(path), "--out", str(tmp_path / "out")]) == 0
    assert [folder for folder, _, _ in worked] == [tmp_path / "out"] * 2
    config = RunDirectory(tmp_path / "out").job().config
    assert (config.data, config.task, config.size) == ("digits", "classification", 1)


def test_another_recipe_does_not_go_on_with_it(recipe, tmp_path, capsys):
    path, worked = recipe
    main(["run", str(path), "--out", str(tmp_path / "out")])
    path.write_text(path.read_text().replace("size: 1", "size: 2"))
    assert main(["run", str(path), "--out", str(tmp_path / "out")]) == 2
    assert "holds another run; name another --out" in capsys.readouterr().err
    assert len(worked) == 1


def test_a_recipe_says_where_its_run_goes(recipe, capsys):
    assert main(["run", str(recipe[0])]) == 2
    assert "Say with --out DIR" in capsys.readouterr().err
