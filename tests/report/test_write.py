import json
import os

import pytest
from datasets import load_dataset

from explorer.__main__ import main
from explorer.errors import ConfigError
from explorer.report.write import write_report
from explorer.runs.config import RunConfig, SweepConfig
from explorer.runs.directory import EventLog, Job, Label, RunDirectory
from explorer.runs.launcher import Runs
from explorer.runs.recipe import read_recipe
from explorer.store.store import Store
from tests.made_sets import DONE, make_run

RUN = "20261120-101114-345-abcd"


@pytest.fixture
def run(tmp_path) -> RunDirectory:
    config = RunConfig(data="/home/ada/boats", size=2)
    made = make_run(Runs(tmp_path / "cache"), RUN, config, 61.5)
    made.write_label(Label("Boats & <script>alert(1)</script>", ""))
    events = EventLog(made.folder / "events.jsonl")
    for epoch, loss in enumerate((4.0, 2.0)):
        student = {"backbone": "resnet_50", "seed": 0}
        events.write("evaluate", "metric", {**student, "epoch": epoch, "loss": loss})
    events.close()
    return made


def page_of(run: RunDirectory, tmp_path) -> str:
    write_report(Store(tmp_path / "cache"), run, tmp_path / "report")
    return (tmp_path / "report" / "index.html").read_text("utf-8")


def test_a_report_holds_scores_curves_set_and_recipe(run, tmp_path):
    page = page_of(run, tmp_path)
    for text in ("61.5 ± 0.5", "PDS", "Students: loss", "set/train/000001.png", "pds 1 at 1.0"):
        assert text in page
    assert read_recipe(tmp_path / "report" / "recipe.yaml").size == 2
    opened = load_dataset("imagefolder", data_dir=str(tmp_path / "report" / "set"), split="train")
    assert len(opened) == 2


def test_what_people_wrote_is_text_and_no_folder_of_this_machine_is_named(run, tmp_path):
    page = page_of(run, tmp_path)
    assert "Boats &amp; &lt;script&gt;alert(1)&lt;/script&gt;" in page
    files = [path for path in (tmp_path / "report").rglob("*") if path.is_file()]
    for path in files:
        assert b"/home/ada" not in path.read_bytes(), path
        assert os.fsencode(tmp_path) not in path.read_bytes(), path


def test_a_folder_with_something_in_it_is_left_alone(run, tmp_path):
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "mine.txt").write_text("mine")
    with pytest.raises(ConfigError, match="not an empty folder"):
        write_report(Store(tmp_path / "cache"), run, tmp_path / "report")
    assert [path.name for path in (tmp_path / "report").iterdir()] == ["mine.txt"]


def test_a_run_without_a_result_is_told_in_a_sentence(tmp_path):
    begun = RunDirectory(tmp_path / "begun")
    begun.create(Job())
    begun.write_status(DONE._replace(state="cancelled"))
    with pytest.raises(ConfigError, match="Run begun is cancelled; there is nothing to report yet"):
        write_report(Store(tmp_path / "cache"), begun, tmp_path / "report")
    assert not (tmp_path / "report").exists()


def test_a_sweep_is_reported_with_its_lines(tmp_path):
    swept = RunDirectory(tmp_path / "swept")
    swept.create(Job(kind="sweep", sweep=SweepConfig(methods=("pds", "random"), n_pairs=(2, 5))))
    swept.write_status(DONE)
    swept.sweep_folder.mkdir()
    scores = [
        {
            "method": method,
            "n_pairs": n_pairs,
            "number": 0,
            "mean": {"resnet": mean},
            "scores": {"resnet": {"recall": [mean, 0.5]}},
        }
        for method, n_pairs, mean in [("pds", 2, 30.0), ("pds", 5, 40.0), ("random", 2, 20.0)]
    ]
    (swept.sweep_folder / "scores.json").write_text(json.dumps({"scores": scores}))
    page = page_of(swept, tmp_path)
    assert "Mean recall, Scenes · text caption · resnet" in page
    for text in ("30.0 ± 0.5", "2, 5 pairs", "10.0", '<span class="colour-1">random</span>'):
        assert text in page


def test_the_command_takes_an_id_or_a_folder(run, tmp_path, capsys):
    cache = ["--cache", str(tmp_path / "cache")]
    assert main(["report", RUN, "--out", str(tmp_path / "by-id"), *cache]) == 0
    assert main(["report", str(run.folder), "--out", str(tmp_path / "folder"), *cache]) == 0
    assert "Open" in capsys.readouterr().out
    assert main(["report", "nothing", "--out", str(tmp_path / "none"), *cache]) == 2
    assert "There is no run 'nothing'." in capsys.readouterr().err
