from dataclasses import replace
from threading import Event
from types import SimpleNamespace

import gradio as gr
import pytest

from explorer.config import SynthesisConfig
from explorer.errors import ConfigError, UnknownNameError
from explorer.runs.config import SweepConfig, view_of
from explorer.runs.directory import ALIVE, Job
from explorer.ui.forms import settings
from explorer.ui.forms import sweep as sweeping
from explorer.ui.forms.choices import as_view
from explorer.ui.service import Service
from explorer.ui.tabs import distill, explore, synthesis
from explorer.ui.views import explained
from tests.ui.conftest import WAITING
from tests.ui.easel import Easel

PAGE = SimpleNamespace(session_hash="page", query_params={}, client=None)
HOW = settings.form_of(synthesis.HOW, "scenes")
EVERY = [{}, settings.form_of([], "scenes")]  # no chosen rows, all settings as they are


def how(**changed):
    """How to draw, with changes."""
    parts = {part.kind: key["key"] for part, key in zip(synthesis.HOW, HOW["parts"], strict=True)}
    amount = {name: value for name, value in changed.items() if name == "n_images"}
    others = {name: value for name, value in changed.items() if name != "n_images"}
    return {**HOW, "changed": {parts[synthesis.Amount]: amount, parts[SynthesisConfig]: others}}


def opened_form(service, request):
    """What the Distill tab shows at first."""
    return distill.on_open(service, distill.form_reader(service))(request)


@pytest.fixture
def drawing(service, monkeypatch):
    """The handler of Synthesize over a service that needs no models."""
    monkeypatch.setattr(service, "studio", lambda bundle: Easel())
    return synthesis.on_synthesize(service, {})


def test_synthesize_tells_its_steps_and_ends_with_images(drawing, service, config):
    view = {**as_view(view_of(config)), "selected": 2}
    *steps, last = drawing(PAGE, view, {}, how(n_images=3))
    assert steps
    assert all(step["state"] == "drawing" for step in steps)
    assert (last["state"], last["prototype"]) == ("done", 2)
    prepared = service.find(view_of(config))
    assert last["caption"] == prepared.captions[prepared.chosen_caption[2]]
    assert [image["seed"] for image in last["images"]] == [0, 1, 2]
    assert service.drawing(last["images"][0]["id"]).png.startswith(b"\x89PNG")
    assert last["nearest"]["similarity"] > 0.5


def test_cancel_stops_the_drawing_of_its_own_page_only(service, config, monkeypatch):
    monkeypatch.setattr(service, "studio", lambda bundle: Easel())
    flags: dict[str, Event] = {}
    drawing, cancel = synthesis.on_synthesize(service, flags), synthesis.on_cancel(flags)
    steps = drawing(PAGE, {**as_view(view_of(config)), "selected": 0}, {}, how(steps=1000))
    assert next(steps)["state"] == "drawing"
    cancel(SimpleNamespace(session_hash="another page"))
    assert next(steps)["state"] == "drawing"
    cancel(PAGE)
    assert list(steps)[-1] == {"state": "cancelled"}
    assert flags == {}


def test_a_page_that_goes_away_stops_its_drawing(drawing, config):
    steps = drawing(PAGE, {**as_view(view_of(config)), "selected": 0}, {}, how(steps=1000))
    next(steps)
    steps.close()  # returns when the thread has ended


@pytest.mark.parametrize(
    ("view", "n", "sentence"),
    [
        ({"selected": None}, 1, "Select a prototype first"),
        ({"selected": 99}, 1, "The map shows something else by now"),
        ({"selected": -1}, 1, "The map shows something else by now"),
        ({"selected": 0}, 0, "n_images must be between 1 and 8"),
        ({"selected": 0}, 9, "n_images must be between 1 and 8"),
        ({"selected": 0, "n_prototypes": 5}, 1, "The map shows something else by now"),
    ],
)
def test_synthesize_explains_what_is_wrong(drawing, config, view, n, sentence):
    with pytest.raises(gr.Error, match=sentence):
        list(explained(drawing)(PAGE, {**as_view(view_of(config)), **view}, {}, how(n_images=n)))


def test_the_address_fills_the_fields(service):
    asked = {"data": "/photos", "bundle": "vit-l-14", "n_prototypes": "7"}
    data, bundle, n_prototypes, view = explore.on_open(service)(SimpleNamespace(query_params=asked))
    assert (data, bundle, n_prototypes) == ("/photos", "vit-l-14", 7)
    assert view["selected"] is None
    request = SimpleNamespace(query_params=asked, client=None)
    assert opened_form(service, request)[:3] == [{"run": ""}, data, bundle]


def test_as_many_pairs_are_offered_as_the_map_has_prototypes_until_somebody_says_otherwise(config):
    view = {**as_view(view_of(config)), "n_prototypes": 100}
    assert distill.on_prepared("scenes", "scenes", 20, view, 100) == ("scenes", "scenes", 20)
    assert distill.on_prepared("scenes", "scenes", 20, view, 50) == ("scenes", "scenes", 50)


def test_a_sweep_varies_nothing_where_nobody_typed_what():
    assert sweeping.read_plan(["pds"], "20", 1, None) == sweeping.read_plan(["pds"], "20", 1, "")


@pytest.mark.parametrize("number", ["", "x", "-3", "²"])
def test_a_number_that_is_none_is_left_out_of_the_address(service, number):
    asked = SimpleNamespace(query_params={"n_prototypes": number})
    assert explore.on_open(service)(asked)[:3] == ("scenes", "scenes", 100)


@pytest.fixture
def waiting(tmp_path) -> Service:
    """A service whose runs only wait; whatever is left of them is stopped at the end."""
    service = Service(tmp_path, program=[str(WAITING)])
    yield service
    for run in service.runs.queue():
        service.runs.cancel(run.id)


def test_start_makes_a_run_of_the_form_and_cancel_and_resume_obey(waiting, config):
    start = distill.on_start(waiting, distill.form_reader(waiting))
    cancel, resume = distill.on_cancel(waiting), distill.on_resume(waiting)
    live = start(PAGE, "here", config.data, config.bundle, "random", 20, *EVERY)
    (run,) = waiting.runs.list_runs()
    assert run.id == live["run"]
    assert (run.job.config.method, run.job.config.size) == ("random", 20)
    assert opened_form(waiting, PAGE)[0] == live
    cancel(live)
    assert waiting.runs.status(run.id).state == "cancelled"
    resume(PAGE, live)
    assert waiting.runs.status(run.id).state in (*ALIVE, "done")


def test_the_form_offers_what_fits_the_data(waiting):
    fit = distill.fitted(waiting)
    retrieval, labelled = (waiting.task(data).name for data in ("scenes", "digits"))
    task, method, size, swept, sizes = fit("digits", "pds", retrieval)
    assert task == labelled
    assert method["value"] == "dm"
    assert "pds" not in [name for _, name in method["choices"]]
    assert (size["label"], size["value"]) == ("Images per class", 1)
    assert (swept["value"], sizes) == (["dm", "random"], "1, 10")
    kept = fit("digits", "random", retrieval)
    assert "value" not in kept[1]
    assert kept[4] == gr.skip()
    assert fit("/no/such/folder", "pds", retrieval) == [gr.skip()] * 5


def test_lists_that_offer_what_fits_are_left_as_they_are(waiting):
    fit = distill.fitted(waiting)
    retrieval = waiting.task("scenes").name
    assert fit("scenes", "pds", retrieval) == [gr.skip()] * 5
    assert fit("scenes", "magic", retrieval)[1]["value"] == "pds"


def test_the_form_shows_the_settings_of_the_method_and_the_task_and_keeps_changes(waiting):
    choose = distill.on_chosen(waiting)
    view = {**settings.form_of([], "scenes"), "changed": {"elsewhere": {"a": 1}}}
    pds, random = (choose("scenes", "scenes", name, view)[1] for name in ("pds", "random"))
    assert [part["label"] for part in pds["parts"]] == ["Prototypes", "Images", "Evaluation"]
    assert [part["label"] for part in random["parts"]] == ["Method", "Evaluation"]
    assert pds["changed"] == random["changed"] == view["changed"]
    models, form = choose("digits", "scenes", "dm", view)
    labelled = form["parts"]
    assert models["visible"] is False
    for name in ("pds-classes", "captions-dm"):
        assert choose("digits", "scenes", name, view)[0]["visible"]
    assert labelled[-1]["label"] == "Evaluation"
    assert labelled[-1]["key"] != pds["parts"][-1]["key"]
    with pytest.raises(UnknownNameError, match="No method 'magic'"):
        choose("scenes", "scenes", "magic", view)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"method": "magic"}, "No method 'magic'"),
        ({"bundle": "huge"}, "No bundle 'huge'"),
        ({"data": "/no/such/folder"}, "There is no folder"),
        ({"n_pairs": 0}, "Pairs must be at least 1"),
        ({"n_pairs": 2.5}, "must be a whole number, got 2.5"),
        ({"n_pairs": 999_999}, "Cannot make 999,999 pairs from 160 rows that survive the filter"),
        (
            {"method": "random", "n_pairs": 201},
            "Cannot make 201 pairs from 200 rows; ask for 1 to 200, or use more data",
        ),
    ],
)
def test_start_explains_what_is_wrong_and_starts_nothing(waiting, config, change, sentence):
    asked = {"data": config.data, "bundle": config.bundle, "method": "pds", "n_pairs": 20}
    with pytest.raises(gr.Error, match=sentence):
        explained(distill.on_start(waiting, distill.form_reader(waiting)))(
            PAGE, "here", *{**asked, **change}.values(), *EVERY
        )
    assert waiting.runs.list_runs() == []


def test_duplicate_fills_the_form_so_that_start_makes_the_same_run(waiting, config):
    read_form = distill.form_reader(waiting)
    start, duplicate = (
        make(waiting, read_form) for make in (distill.on_start, distill.on_duplicate)
    )
    view = how(steps=3)
    live = start(PAGE, "here", config.data, config.bundle, "pds", 7, {}, view)
    said, *form, a, b, c, d = duplicate(live)
    assert said == {**live, "duplicated": True}
    assert form[2]["value"] == "pds"
    form[2] = "pds"
    assert form[:5] == [config.data, config.bundle, "pds", 7, {}]
    assert list(form[5]["changed"].values()) == [{"steps": 3}]
    assert a == b == c == d == gr.skip()
    start(PAGE, "here", *form)
    second, first = waiting.runs.list_runs()
    assert second.job == first.job
    assert second.job.config.settings.synthesis.steps == 3


def test_a_sweep_is_started_and_duplicated(waiting, config):
    shared = [config.data, config.bundle, "pds", 20, *EVERY]
    start = sweeping.on_sweep(waiting, distill.form_reader(waiting))
    live = start(PAGE, "here", ["herding", "random"], "20 50,100", 3, "", *shared)
    (run,) = waiting.runs.list_runs("sweep")
    plan = SweepConfig(methods=("herding", "random"), n_pairs=(20, 50, 100), n_sets=3)
    assert (live["run"], run.job.sweep, run.job.config.data) == (run.id, plan, config.data)
    assert opened_form(waiting, PAGE)[0] == live
    _, *form = distill.on_duplicate(waiting, distill.form_reader(waiting))(live)
    assert [*form[:2], form[2]["value"], form[3]] == shared[:4]
    assert form[-4:] == [["herding", "random"], "20, 50, 100", 3, ""]
    assert run.job.config.others.keys() == {"herding", "random"}


@pytest.mark.parametrize(
    ("methods", "n_pairs", "n_sets", "sentence"),
    [
        ("pds", "20", 5, "Methods must be a list"),
        (["pds", 3], "20", 5, "A method must be a text"),
        (["pds", "magic"], "20", 5, "No method 'magic'"),
        ([], "20", 5, "methods must be one or more"),
        (["pds"], "", 5, "Write sizes like 20, 50, 100"),
        (["pds"], "20, -5", 5, "Write sizes like 20, 50, 100"),
        (["pds"], "20, 20", 5, "n_pairs must be one or more, each once"),
        (["pds"], "0", 5, "n_pairs must be at least 1"),
        (["pds"], "20", 0, "n_sets must be between 1 and 100"),
        (["pds"], "20", None, "Sets of each must be a number"),
    ],
)
def test_an_impossible_sweep_is_explained_and_not_started(
    waiting, config, methods, n_pairs, n_sets, sentence
):
    start = explained(sweeping.on_sweep(waiting, distill.form_reader(waiting)))
    with pytest.raises(gr.Error, match=sentence):
        start(
            PAGE,
            "here",
            methods,
            n_pairs,
            n_sets,
            "",
            config.data,
            config.bundle,
            "pds",
            20,
            *EVERY,
        )
    assert waiting.runs.list_runs("sweep") == []


def test_a_run_may_be_left_to_workers_or_divided(waiting, config):
    start = distill.on_start(waiting, distill.form_reader(waiting))
    form = [config.data, config.bundle, "random", 20, *EVERY]
    for where in ("workers", "processes"):
        start(PAGE, where, *form)
    divided, left = waiting.runs.list_runs()
    assert (left.job.by_workers, left.status.state) == (True, "waiting")
    assert (divided.job.engine, divided.job.by_workers) == ("processes", False)
    for wrong in ("magic", "ray://8.8.8.8:1", None):
        with pytest.raises(gr.Error, match=r"Computed by|Nobody computes by"):
            explained(start)(PAGE, wrong, *form)


def test_a_sweep_over_a_setting_has_a_way_for_each_value(waiting, config):
    shared = [config.data, config.bundle, "pds", 20, *EVERY]
    start = sweeping.on_sweep(waiting, distill.form_reader(waiting))
    start(PAGE, "here", ["pds", "random"], "20", 2, "guidance = 1, 2.5", *shared)
    (run,) = waiting.runs.list_runs("sweep")
    assert run.job.sweep.methods == ("pds[guidance=1]", "pds[guidance=2.5]", "random")
    assert run.job.config.others.keys() == {"pds", "random"}
    refused = explained(start)
    with pytest.raises(gr.Error, match="None of these methods has a setting 'magic'"):
        refused(PAGE, "here", ["pds"], "20", 2, "magic = 1", *shared)


def test_a_page_that_is_loaded_again_has_the_form_of_its_own_run_until_that_ends(waiting, config):
    start = distill.on_start(waiting, distill.form_reader(waiting))
    live = start(PAGE, "here", config.data, config.bundle, "random", 7, *EVERY)
    said, *form = opened_form(waiting, PAGE)
    assert (said, form[2]["value"], form[3]) == (live, "random", 7)
    other = SimpleNamespace(query_params={}, client=SimpleNamespace(host="10.0.0.7"))
    assert opened_form(waiting, other)[3:] == [gr.skip()] * 8
    waiting.runs.cancel(live["run"])
    assert opened_form(waiting, PAGE)[3:] == [gr.skip()] * 8


def test_a_run_that_the_form_has_no_fields_for_is_not_duplicated(waiting, config):
    run_id = waiting.runs.start(Job(config=replace(config, encoder="other")))
    with pytest.raises(ConfigError, match="no field for what this run has set: Encoder"):
        distill.on_duplicate(waiting, distill.form_reader(waiting))({"run": run_id})
    assert opened_form(waiting, PAGE)[3:] == [gr.skip()] * 8


@pytest.mark.parametrize("live", [None, {}, {"run": 3}, {"run": None}])
def test_a_view_without_a_run_is_a_config_error(waiting, live):
    with pytest.raises(ConfigError):
        distill.on_cancel(waiting)(live)


def test_preparing_what_is_prepared_starts_nothing(service, config):
    before = len(service.runs.list_runs("prepare"))
    explore.on_prepare(service)(PAGE, config.data, config.bundle, 12)
    assert len(service.runs.list_runs("prepare")) == before


def test_preparing_starts_a_run_that_the_page_can_follow_and_cancel(waiting, config):
    view = explore.on_prepare(waiting)(PAGE, config.data, config.bundle, 5)
    explore.on_again(waiting)(PAGE, view)  # joins the run that is under way
    (run,) = waiting.runs.list_runs("prepare")
    assert run.job.spaces == ("image", "caption")
    asked = run.job.config
    assert waiting.preparation(view_of(asked))["status"]["state"] in ALIVE
    explore.on_cancel(waiting)(view)
    assert waiting.preparation(view_of(asked))["status"]["state"] == "cancelled"
