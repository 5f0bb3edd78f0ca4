"""What a report tells, before it is written."""

import json

import pytest

from explorer.config import Edit
from explorer.errors import ConfigError
from explorer.report.told import tell
from explorer.runs.config import RunConfig, SweepConfig, seeds_of
from explorer.runs.directory import EventLog, Job, Label, RunDirectory
from explorer.runs.launcher import Runs, info_of
from tests.made_sets import DONE, make_run


def told(run: RunDirectory):
    return tell(run, info_of(run, run.job()))


@pytest.fixture
def run(tmp_path) -> RunDirectory:
    config = RunConfig(data="/home/ada/boats", size=2)
    made = make_run(Runs(tmp_path), "20261120-101114-345-abcd", config, 61.5)
    made.write_status(DONE._replace(time=1_790_000_000.0))
    return made


def test_a_report_says_what_was_made_of_what_and_when(run):
    found = told(run)
    assert found.title == "Boats · pds · 2 pairs"
    facts = dict(found.facts)
    assert facts["Data"] == ".../boats"
    assert facts["Size"] == "2 pairs"
    assert facts["Seeds"] == ", ".join(map(str, dict.fromkeys(seeds_of(run.job().config.settings))))
    assert "Prototypes, generated (PDS)." in facts["Method"]
    assert [row.caption for row in found.samples] == ["pds 0 at 0.0", "pds 1 at 1.0"]
    assert "/home" not in found.recipe


def test_a_set_of_one_pair_is_said_so(tmp_path):
    config = RunConfig(data="/home/ada/boats", size=1)
    made = make_run(Runs(tmp_path), "20261120-101114-345-abcd", config, 61.5)
    made.write_status(DONE)
    assert dict(told(made).facts)["Size"] == "1 pair"


def test_the_name_that_a_person_gave_is_the_title(run):
    run.write_label(Label("Mine", ""))
    assert told(run).title == "Mine"


def test_scores_have_a_line_per_network_and_a_column_per_metric(run):
    table = told(run).table
    assert table.rows[0][:2] == ["resnet_50", "61.5 ± 0.5"]
    assert len(table.head) == len(table.rows[0]) == 8
    assert table.caption.endswith("over 5 students per network.")


def test_curves_are_by_epoch_and_a_broken_value_is_no_point(run):
    events = EventLog(run.folder / "events.jsonl")
    student = {"backbone": "r", "seed": 0}
    for epoch, loss in enumerate([4.0, "much", None, 2.0]):
        events.write("evaluate", "metric", {**student, "epoch": epoch, "loss": loss})
    events.write("evaluate", "progress", {"share": 0.5, "text": "Half"})
    events.close()
    (figure,) = told(run).figures
    assert figure.title == "Students: loss"
    assert figure.legend == [(0, "r")]
    assert "polyline" in figure.svg


def test_without_curves_there_is_no_figure(run):
    assert told(run).figures == []


def test_edits_and_rows_chosen_by_hand_are_told(tmp_path):
    edited = RunConfig(size=2, edits=(Edit(kind="drop", prototype=3),))
    facts = dict(told(make_run(Runs(tmp_path), "20261120-1-a", edited, 1.0)).facts)
    assert "Edited by hand" in facts
    chosen = RunConfig(size=2, subset="a1b2c3d4" + "0" * 16)
    facts = dict(told(make_run(Runs(tmp_path), "20261120-2-a", chosen, 1.0)).facts)
    assert facts["Chosen by hand"] == "only the rows of subset a1b2c3d4"


def test_a_sweep_has_a_line_per_way_and_no_recipe(tmp_path):
    swept = RunDirectory(tmp_path / "swept")
    swept.create(Job(kind="sweep", sweep=SweepConfig(methods=("pds", "random"), n_pairs=(2, 5))))
    swept.write_status(DONE)
    with pytest.raises(ConfigError, match="there is nothing to report yet"):
        told(swept)
    swept.sweep_folder.mkdir()
    scores = [
        {
            "method": method,
            "n_pairs": 2,
            "number": 0,
            "mean": {"r": mean},
            "scores": {"r": {"recall": [mean, 0.5]}},
        }
        for method, mean in [("pds", 30.0), ("random", 20.0)]
    ]
    (swept.sweep_folder / "scores.json").write_text(json.dumps({"scores": scores}))
    found = told(swept)
    assert [row[:4] for row in found.table.rows] == [
        ["r", "pds", "2", "30.0 ± 0.5"],
        ["r", "random", "2", "20.0 ± 0.5"],
    ]
    assert found.table.head[-2:] == ["pds − it", "Sets"]
    assert (found.recipe, found.samples) == ("", [])
    assert [label for _, label in found.figures[0].legend] == ["pds", "random"]


def test_a_preparation_is_nothing_to_report(tmp_path):
    prepared = RunDirectory(tmp_path / "prepared")
    prepared.create(Job(kind="prepare"))
    prepared.write_status(DONE)
    with pytest.raises(ConfigError, match="Run prepared only prepared data"):
        told(prepared)
