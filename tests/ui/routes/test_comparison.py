import shutil
from types import SimpleNamespace

import pytest
from fastapi.testclient import TestClient
from gradio.routes import App

from explorer.runs.config import RunConfig
from explorer.tasks.retrieval_students import RetrievalConfig
from explorer.ui import page as layout
from explorer.ui.routes import serve as routes
from explorer.ui.routes.serve import PREFIX
from explorer.ui.service import Service
from tests.made_sets import make_run


@pytest.fixture
def runs(tmp_path) -> SimpleNamespace:
    """Two finished runs, and a client of a page that knows nothing else."""
    service = Service(tmp_path)
    config = RunConfig(size=2)
    make_run(service.runs, "a", config, 40.0)
    make_run(service.runs, "b", config.with_method("random"), 30.0, angles=(1.0, 0.0, 2.0))
    page = layout.build(service)
    client = TestClient(App.create_app(page, app_kwargs=routes.app_kwargs(service)))
    return SimpleNamespace(service=service, client=client, at=f"{PREFIX}/comparison")


def test_settings_that_differ_have_names_that_people_read(runs):
    answer = runs.client.get(f"{runs.at}/settings", params={"run": ["a", "b"]}).json()
    assert answer == [{"setting": "Method", "values": ["pds", "random"]}]


def test_two_sets_are_told_pair_by_pair(runs):
    asked = {"first": "a", "second": "b", "by": "likeness"}
    first, _, last = runs.client.get(f"{runs.at}/sets", params=asked).json()
    assert (first["first"]["prototype"], first["second"]["prototype"]) == (0, 1)
    assert first["likeness"] == 1.0
    assert first["second"]["caption"] == "random 1 at 0.0"
    assert (last["first"], last["second"]["prototype"]) == (None, 2)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"second": "nothing"}, "There is no run 'nothing'"),
        ({"second": "../a"}, "There is no run"),
        ({"by": "colour"}, "by must be one of"),
    ],
)
def test_what_cannot_be_compared_is_explained(runs, asked, sentence):
    answer = runs.client.get(f"{runs.at}/sets", params={"first": "a", "second": "b", **asked})
    assert answer.status_code == 422
    assert sentence in answer.json()["detail"]


def test_a_run_that_made_no_set_has_none_to_compare_or_to_download(runs):
    shutil.rmtree(runs.service.runs.open("b").set_folder)
    answer = runs.client.get(f"{runs.at}/sets", params={"first": "a", "second": "b"})
    assert "Run b has no finished set" in answer.json()["detail"]
    assert runs.client.get(f"{PREFIX}/runs/b/set.zip").status_code == 404


def test_a_set_that_is_not_finished_is_not_compared(runs):
    (runs.service.runs.open("b").folder / "result.json").unlink()
    answer = runs.client.get(f"{runs.at}/sets", params={"first": "a", "second": "b"})
    assert "Run b has no finished set" in answer.json()["detail"]


def test_a_label_is_written_and_read_back(runs):
    at = f"{PREFIX}/runs/a/label"
    assert runs.client.put(at, json={"name": " my  best ", "note": "as\nit is"}).status_code == 200
    rows = {row["id"]: row["label"] for row in runs.client.get(f"{PREFIX}/runs").json()}
    assert rows == {"a": {"name": "my best", "note": "as\nit is"}, "b": {"name": "", "note": ""}}
    refused = runs.client.put(at, json={"name": 81 * "x", "note": ""})
    assert refused.status_code == 422
    assert "at most 80 characters" in refused.json()["detail"]
    assert runs.client.put(at, json={"name": 3}).status_code == 422
    assert (
        runs.client.put(f"{PREFIX}/runs/c/label", json={"name": "", "note": ""}).status_code == 422
    )


def test_the_queue_is_empty_when_all_runs_are_over(runs):
    assert runs.client.get(f"{PREFIX}/queue").json() == []


def test_published_figures_stand_beside_paper_results_on_the_same_data_only(runs):
    assert runs.client.get(f"{runs.at}/published").json()["rows"] == []
    paper = RetrievalConfig(protocol="paper", text="prototype")
    config = RunConfig(data="/data/flickr30k", bundle="vit-l-14", evaluation=paper)
    make_run(runs.service.runs, "c", config, 10.0)
    answer = runs.client.get(f"{runs.at}/published").json()
    assert {"network", "n_pairs", "method", "recall"} == answer["rows"][0].keys()
    assert "2602.19756" in answer["source"]
