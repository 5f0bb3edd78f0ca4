"""Sets that are put before a referee from the page, and what it says of them."""

from types import SimpleNamespace

import pytest
from fastapi.testclient import TestClient
from gradio.routes import App

from explorer.errors import ConfigError, MissingDataError
from explorer.runs.config import RefereeConfig, RunConfig
from explorer.runs.directory import Job, RunDirectory, Status
from explorer.ui import page as layout
from explorer.ui.routes import serve as routes
from explorer.ui.routes.serve import PREFIX
from explorer.ui.service import Service
from explorer.ui.tabs.compare import on_judge
from tests.made_sets import make_judgement, make_run

PLAN = RefereeConfig(runs=("a", "b"), n_random=2)


@pytest.fixture
def page(tmp_path) -> SimpleNamespace:
    """Two finished runs, and a client of the page."""
    service = Service(tmp_path, program=["true"])
    make_run(service.runs, "a", RunConfig(size=2), 40.0)
    make_run(service.runs, "b", RunConfig(size=2).with_method("random"), 30.0)
    app = App.create_app(layout.build(service), app_kwargs=routes.app_kwargs(service))
    return SimpleNamespace(service=service, client=TestClient(app))


def test_what_was_found_has_a_table_and_gains_with_the_names_of_the_sets(page):
    runs = page.service.runs
    make_judgement(runs, "judge", runs.open("a").job().config, PLAN)
    (told,) = page.client.get(f"{PREFIX}/judgements").json()
    assert told["sets"] == [runs.open(each).job().title for each in "ab"]
    cells = dict(zip(told["head"], told["lines"][0], strict=True))
    assert (cells["over chance"], cells["p (Holm)"]) == ("10.0 ± 2.5", "0.012")
    assert (cells["pairs"], cells["KB"], cells["MiB"], cells["near test"]) == ("2", "1", "1", "0")
    gain = {"set": "a set", "network": "vit", "over_chance": [10.0, 2.5], "p": 0.012}
    assert told["gains"][0] == gain
    assert told["about"]["protocol"]["name"] == "honest"
    at = f"{PREFIX}/runs/judge/referee"
    assert "10.0 ± 2.5" in page.client.get(f"{at}/table.csv").text
    assert page.client.get(f"{at}/scores.json").status_code == 404
    assert [each["id"] for each in page.client.get(f"{PREFIX}/runs").json()] == ["b", "a"]


@pytest.mark.parametrize(
    ("runs", "error", "told"),
    [
        ((), ConfigError, "Tick the finished runs"),
        (("a", "none"), MissingDataError, "There is no run"),
        (("a", "going"), MissingDataError, "has no finished set"),
        (("a", "other"), ConfigError, "sets of one dataset; these are of Scenes and photos"),
    ],
)
def test_what_cannot_be_judged_is_refused_before_anything_starts(page, runs, error, told):
    service = page.service
    RunDirectory(service.runs.folder / "going").create(Job())
    make_run(service.runs, "other", RunConfig(data="/photos", size=2), 30.0)
    with pytest.raises(error, match=told):
        service.judge(RefereeConfig(runs=runs))
    assert service.runs.list_runs("referee") == []


def test_damage_costs_its_own_judgement(page):
    runs = page.service.runs
    config = runs.open("a").job().config
    damaged = make_judgement(runs, "damaged", config, PLAN)
    make_judgement(runs, "whole", config, PLAN)
    (damaged.referee_folder / "referee.json").write_text('[{"set": 3}]')
    whole, other = page.client.get(f"{PREFIX}/judgements").json()
    assert (whole["id"], len(whole["lines"])) == ("whole", 2)
    assert (other["status"]["state"], other["lines"]) == ("failed", [])
    assert other["status"]["text"] == ("referee.json is damaged. Resume the run to make it again.")
    runs.resume("damaged")


def test_sets_of_few_pairs_are_judged_by_as_few_real_ones(page):
    asked = page.service.judge(PLAN)
    job = page.service.runs.open(asked).job()
    assert (job.kind, job.referee, job.config.size) == ("referee", PLAN, 2)
    assert job.config.method == "random"
    assert job.config.evaluation.student == "heads"


def test_a_run_whose_set_is_before_a_referee_is_not_deleted(page):
    runs = page.service.runs
    judge = RunDirectory(runs.folder / "judge")
    judge.create(Job(kind="referee", config=RunConfig(), referee=PLAN))
    judge.write_status(Status("waiting"))
    with pytest.raises(ConfigError, match="is before a referee; cancel that first"):
        runs.delete("b")
    runs.cancel("judge")
    runs.delete("b")
    assert [each.id for each in runs.list_runs()] == ["a"]


@pytest.mark.parametrize("asked", [None, [3], {"runs": [1]}, {"runs": ["a", "a"]}, {"whole": 1}])
def test_what_no_page_sends_is_one_sentence(page, asked):
    judge = on_judge(page.service)
    with pytest.raises(ConfigError):
        judge(SimpleNamespace(client=None), {"judge": asked})
