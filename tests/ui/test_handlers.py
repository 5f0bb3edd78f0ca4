import sys
from threading import Event
from types import SimpleNamespace

import gradio as gr
import pytest
from PIL import Image

from explorer.errors import ConfigError
from explorer.pipeline.rundir import ALIVE
from explorer.pipeline.studio import Cancelled, Drawn
from explorer.ui import distill, explore, settings, synthesis
from explorer.ui.choices import as_view
from explorer.ui.service import Service
from explorer.ui.views import explained
from tests.ui.conftest import WAITING

PAGE = SimpleNamespace(session_hash="page", query_params={})
DRAWING = [each.default for each in settings.SETTINGS if each.part == "synthesis"]
EVERY = [each.default for each in settings.SETTINGS]


class Easel:
    """Stands in for a bundle's models: draws grey pictures, step by step."""

    def draw(self, prepared, k, config, n, cancel, report):
        for step in range(1, config.steps + 1):
            if cancel.wait(0.01):
                raise Cancelled
            report(step / config.steps, f"Drawing: step {step} of {config.steps}")
        return [Drawn(Image.new("RGB", (8, 8)), 123 + j, 0.5, 0.25, 0.1) for j in range(n)]


@pytest.fixture
def drawing(service, monkeypatch):
    """The handler of Synthesize over a service that needs no models."""
    monkeypatch.setattr(service, "studio", lambda bundle: Easel())
    return synthesis.on_synthesize(service, {})


def test_synthesize_tells_its_steps_and_ends_with_pictures(drawing, service, config):
    view = {**as_view(config), "selected": 2}
    *steps, last = drawing(PAGE, view, 3, *DRAWING)
    assert steps
    assert all(step["state"] == "drawing" for step in steps)
    assert (last["state"], last["prototype"]) == ("done", 2)
    assert [picture["seed"] for picture in last["pictures"]] == [0, 1, 2]
    assert service.picture(last["pictures"][0]["id"]).startswith(b"\x89PNG")
    assert last["nearest"]["similarity"] > 0.5


def test_cancel_stops_the_drawing_of_its_own_page_only(service, config, monkeypatch):
    monkeypatch.setattr(service, "studio", lambda bundle: Easel())
    flags: dict[str, Event] = {}
    drawing, cancel = synthesis.on_synthesize(service, flags), synthesis.on_cancel(flags)
    slow = [1000, *DRAWING[1:]]
    steps = drawing(PAGE, {**as_view(config), "selected": 0}, 1, *slow)
    assert next(steps)["state"] == "drawing"
    cancel(SimpleNamespace(session_hash="another page"))
    assert next(steps)["state"] == "drawing"
    cancel(PAGE)
    assert list(steps)[-1] == {"state": "cancelled"}
    assert flags == {}


def test_a_page_that_goes_away_stops_its_drawing(drawing, config):
    steps = drawing(PAGE, {**as_view(config), "selected": 0}, 1, *[1000, *DRAWING[1:]])
    next(steps)
    steps.close()  # returns when the thread has ended


@pytest.mark.parametrize(
    ("view", "n", "sentence"),
    [
        ({"selected": None}, 1, "Select a prototype first"),
        ({"selected": 99}, 1, "The map shows something else by now"),
        ({"selected": -1}, 1, "The map shows something else by now"),
        ({"selected": 0}, 0, "Pictures must be between 1 and 8"),
        ({"selected": 0}, 9, "Pictures must be between 1 and 8"),
        ({"selected": 0, "n_prototypes": 5}, 1, "The map shows something else by now"),
    ],
)
def test_synthesize_explains_what_is_wrong(drawing, config, view, n, sentence):
    with pytest.raises(gr.Error, match=sentence):
        list(explained(drawing)(PAGE, {**as_view(config), **view}, n, *DRAWING))


def test_the_address_fills_the_fields(service):
    asked = {"data": "/photos", "bundle": "vit-l-14", "n_prototypes": "7"}
    data, bundle, n_prototypes, view = explore.on_open(service)(SimpleNamespace(query_params=asked))
    assert (data, bundle, n_prototypes) == ("/photos", "vit-l-14", 7)
    assert view["selected"] is None


@pytest.mark.parametrize("number", ["", "x", "-3", "²"])
def test_a_number_that_is_none_is_left_out_of_the_address(service, number):
    asked = SimpleNamespace(query_params={"n_prototypes": number})
    assert explore.on_open(service)(asked)[:3] == ("scenes", "scenes", 100)


@pytest.fixture
def waiting(tmp_path) -> Service:
    """A service whose runs only wait; whatever is left of them is stopped at the end."""
    service = Service(tmp_path, program=[sys.executable, str(WAITING)])
    yield service
    for run in service.runs.list_runs() + service.runs.list_runs("prepare"):
        service.runs.cancel(run.id)


def test_start_makes_a_run_of_the_form_and_cancel_and_resume_obey(waiting, config):
    start, cancel, resume = (
        make(waiting) for make in (distill.on_start, distill.on_cancel, distill.on_resume)
    )
    live = start(config.data, config.bundle, "random", 20, *EVERY)
    (run,) = waiting.runs.list_runs()
    assert run.id == live["run"]
    assert (run.job.config.method, run.job.config.prototypes.n_prototypes) == ("random", 20)
    assert distill.on_open(waiting)() == live
    cancel(live)
    assert waiting.runs.status(run.id).state == "cancelled"
    resume(live)
    assert waiting.runs.status(run.id).state in (*ALIVE, "done")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"method": "magic"}, "No method 'magic'"),
        ({"bundle": "huge"}, "No bundle 'huge'"),
        ({"data": "/no/such/folder"}, "There is no folder"),
        ({"n_pairs": 0}, "n_prototypes must be at least 1"),
    ],
)
def test_start_explains_what_is_wrong_and_starts_nothing(waiting, config, change, sentence):
    asked = {"data": config.data, "bundle": config.bundle, "method": "pds", "n_pairs": 20}
    with pytest.raises(gr.Error, match=sentence):
        explained(distill.on_start(waiting))(*{**asked, **change}.values(), *EVERY)
    assert waiting.runs.list_runs() == []


@pytest.mark.parametrize("live", [None, {}, {"run": 3}, {"run": None}])
def test_a_view_without_a_run_is_a_config_error(waiting, live):
    with pytest.raises(ConfigError):
        distill.on_cancel(waiting)(live)


def test_preparing_what_is_prepared_starts_nothing(service, config):
    before = len(service.runs.list_runs("prepare"))
    explore.on_prepare(service)(config.data, config.bundle, 12)
    assert len(service.runs.list_runs("prepare")) == before


def test_preparing_starts_a_run_that_the_page_can_follow_and_cancel(waiting, config):
    view = explore.on_prepare(waiting)(config.data, config.bundle, 5)
    explore.on_again(waiting)(view)  # joins the run that is under way
    (run,) = waiting.runs.list_runs("prepare")
    assert run.job.spaces == ("image", "caption")
    asked = run.job.config
    assert waiting.preparation(asked)["status"]["state"] in ALIVE
    explore.on_cancel(waiting)(view)
    assert waiting.preparation(asked)["status"]["state"] == "cancelled"
