"""What the page works on; access, openings and routes have tests of their own."""

from types import SimpleNamespace

import pytest

from explorer.errors import ConfigError, MissingDataError
from explorer.runs.config import RefereeConfig, RunConfig
from explorer.ui import service as serving
from explorer.ui.service import Service, as_run
from tests.made_sets import make_run
from tests.ui.conftest import WAITING


@pytest.fixture
def service(tmp_path) -> Service:
    return Service(tmp_path, program=[str(WAITING)])


def test_the_last_drawings_are_at_hand_and_older_ones_are_told_to_be_gone(service, monkeypatch):
    monkeypatch.setattr(serving, "SHOWN_DRAWINGS", 2)
    for key in ("a", "b", "a", "c"):
        service.show(SimpleNamespace(key=key))
    assert service.drawing("a").key == "a"  # looked for again, so that b is the oldest
    assert service.drawing("c").key == "c"
    with pytest.raises(MissingDataError, match="Draw it again"):
        service.drawing("b")


def test_a_map_that_nobody_opened_is_told_to_be_gone(service):
    with pytest.raises(MissingDataError, match="Reload the page"):
        service.prepared("never-seen")
    assert service.seen("scenes") is None


def test_a_judgement_is_of_sets_of_the_same_data(service):
    make_run(service.runs, "one", RunConfig(data="/data/mine"), mean=20.0)
    make_run(service.runs, "two", RunConfig(data="scenes"), mean=30.0)
    with pytest.raises(ConfigError, match="Tick the finished runs"):
        service.judge(RefereeConfig(runs=()))
    with pytest.raises(ConfigError, match="judges sets of one dataset; these are of"):
        service.judge(RefereeConfig(runs=("one", "two")))


def test_what_a_run_cannot_do_is_said_before_it_starts(service):
    config = RunConfig(data="digits", task="classification", method="random", size=5000)
    with pytest.raises(ConfigError, match="the smallest class has"):
        service.start(config)
    assert service.runs.list_runs() == []


def test_a_preparation_is_of_the_data_the_models_and_the_prototypes_alone():
    view = serving.View(data="digits", n_prototypes=7)
    run = as_run(view)
    assert (run.data, run.bundle, run.size) == ("digits", view.bundle, 7)
    assert run.settings.prototypes == view.prototypes
