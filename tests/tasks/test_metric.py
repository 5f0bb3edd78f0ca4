"""A metric is declared in its task's file alone; from there it reaches whatever shows scores."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient
from gradio.routes import App

from explorer.runs.config import RunConfig, SweepConfig
from explorer.runs.directory import Job, RunDirectory
from explorer.runs.worker import work_on
from explorer.tasks import classification, classification_training
from explorer.tasks.registry import TASKS
from explorer.tasks.task import Metric
from explorer.ui import page as layout
from explorer.ui.routes import serve
from explorer.ui.service import Service
from tests.colours import write_classes

RUNS = "/gradio_api/explorer/runs"
ADDED = Metric("of-first-class", "Recall of the first class")
QUICK = classification.ClassificationConfig(image_size=8, width=8, depth=2, epochs=4, n_seeds=2)


def of_first_class(fits: np.ndarray, right: np.ndarray) -> float:
    return float((fits[right == 0].argmax(axis=1) == 0).mean() * 100)


@pytest.fixture
def added(monkeypatch) -> None:
    """Does at run time what one line in the task's file would do."""
    measures = {**classification_training.MEASURES, ADDED: of_first_class}
    monkeypatch.setattr(classification_training, "MEASURES", measures)
    task = replace(classification.TASK, metrics=tuple(measures))
    monkeypatch.setitem(TASKS, task.name, task)


@pytest.fixture
def config(tmp_path, bundle) -> RunConfig:
    data = write_classes(tmp_path / "colours")
    return RunConfig(
        data=str(data),
        bundle=bundle.name,
        task=classification.TASK.name,
        method="random",
        size=2,
        evaluation=QUICK,
    )


def done(service: Service, job: Job, run_id: str) -> RunDirectory:
    run = RunDirectory(service.runs.folder / run_id)
    run.create(job)
    assert work_on(run.folder, service.store.root) == 0
    return run


def page_of(service: Service) -> TestClient:
    return TestClient(App.create_app(layout.build(service), app_kwargs=serve.app_kwargs(service)))


def test_it_is_in_the_result_the_card_the_tables_and_the_page(added, config, tmp_path: Path):
    service = Service(tmp_path / "cache")
    run = done(service, Job(config=config, device="cpu"), "20261120-101112-345-aaaa")
    own = run.result()["evaluation"]["networks"]["convnet"]
    mean, _ = own[ADDED.name]
    assert 0 <= mean <= 100
    assert mean == np.mean([each[ADDED.name] for each in own["students"]])
    assert f"| network | Accuracy | {ADDED.label} |" in (run.set_folder / "README.md").read_text()

    plan = SweepConfig(methods=("random",), n_pairs=(2,), n_sets=2)
    job = Job(kind="sweep", config=config, sweep=plan, device="cpu")
    sweep = done(service, job, "20261120-101113-345-bbbb")
    head = (sweep.sweep_folder / "table.csv").read_text().splitlines()[0]
    assert head.endswith(f",{ADDED.label},{ADDED.label}_half,words,lead_p_holm")

    client = page_of(service)
    shown = next(each for each in client.get(RUNS).json() if each["id"] == run.id)
    assert [each["label"] for each in shown["about"]["metrics"]] == ["Accuracy", ADDED.label]
    assert shown["scores"]["convnet"][ADDED.name] == own[ADDED.name]
    (row,) = client.get(f"{RUNS}/{sweep.id}/sweep").json()["rows"]
    assert row["scores"].keys() == {"accuracy", ADDED.name}


def test_runs_from_before_it_are_shown_without_it(config, tmp_path: Path, request):
    service = Service(tmp_path / "cache")
    plan = SweepConfig(methods=("random",), n_pairs=(2,), n_sets=1)
    job = Job(kind="sweep", config=config, sweep=plan, device="cpu")
    before = done(service, job, "20261120-101113-345-bbbb")
    request.getfixturevalue("added")
    done(service, Job(config=config, device="cpu"), "20261120-101114-345-cccc")  # trained anew
    client = page_of(service)
    (row,) = client.get(f"{RUNS}/{before.id}/sweep").json()["rows"]
    assert row["scores"].keys() == {"accuracy"}
