from dataclasses import replace

import pytest

from explorer.config import SynthesisConfig
from explorer.errors import ConfigError
from explorer.methods.registry import all_methods
from explorer.models.bundles import BUNDLES
from explorer.settings import every_setting
from explorer.tasks.registry import TASKS
from explorer.ui.forms import settings

PARTS = settings.all_parts()
OWNERS = (*all_methods().values(), *TASKS.values())
SHOWN = settings.form_of(PARTS, "scenes")["parts"]
KINDS = {shown["key"]: part.kind for shown, part in zip(SHOWN, PARTS, strict=True)}
FIELDS = [
    pytest.param(part["key"], field, id=field["name"]) for part in SHOWN for field in part["fields"]
]


def read_all(changed):
    return [settings.read(each.config, "vit-l-14", changed) for each in OWNERS]


@pytest.mark.parametrize("owner", OWNERS, ids=lambda owner: owner.name)
def test_every_setting_of_a_method_and_of_a_task_has_a_field(owner):
    shown = {each.name for part in PARTS for each in part.settings}
    assert {each.name for each in every_setting(owner.config) if each.on_form} <= shown


def test_no_two_parts_are_taken_for_each_other():
    assert len(KINDS) == len(PARTS)


@pytest.mark.parametrize(("key", "field"), FIELDS)
def test_a_field_says_what_it_means_and_shows_what_it_can_hold(key, field):
    assert field["label"]
    assert field["help"]
    assert type(field["default"]).__name__ in (field["kind"], "int")
    assert field["default"] in (field["choices"] or [field["default"]])
    if field["step"] is not None:
        assert field["least"] <= field["default"] <= field["most"]


def test_what_was_not_changed_is_as_the_models_have_it():
    usual = BUNDLES["vit-l-14"].synthesis
    for owner, read in zip(OWNERS, read_all({}), strict=True):
        own = owner.config()
        expected = replace(own, synthesis=usual) if hasattr(own, "synthesis") else own
        assert read == expected


def test_changes_come_back_as_they_were_and_nothing_else_is_one():
    pds = all_methods()["pds"].config
    usual = settings.read(pds, "scenes", {})
    other = replace(usual, synthesis=replace(usual.synthesis, steps=7))
    changed = settings.changed_in(other, "scenes")
    assert list(changed.values()) == [{"steps": 7}]
    assert settings.read(pds, "scenes", changed) == other
    assert settings.changed_in(usual, "scenes") == {}


@pytest.mark.parametrize(("key", "field"), FIELDS)
@pytest.mark.parametrize("wrong", [None, [], {"a": 1}, float("nan")], ids=str)
def test_what_is_no_value_of_a_field_is_a_config_error(key, field, wrong):
    with pytest.raises(ConfigError):
        settings.read(KINDS[key], "scenes", {key: {field["name"]: wrong}})


def test_numbers_from_the_browser_may_be_whole_floats():
    (key,) = settings.changed_in(SynthesisConfig(steps=7), "scenes")
    read = settings.read(SynthesisConfig, "scenes", {key: {"steps": 7.0}})
    assert read.steps == 7
    assert type(read.steps) is int


@pytest.mark.parametrize("name", ["magic", "start_bundle", "__class__"])
def test_a_name_that_the_form_does_not_have_is_refused(name):
    (key,) = settings.changed_in(SynthesisConfig(steps=7), "scenes")
    with pytest.raises(ConfigError, match=f"no setting {name}"):
        settings.read(SynthesisConfig, "scenes", {key: {name: 3}})


@pytest.mark.parametrize("view", [None, 3, [], {}, {"changed": []}, {"changed": {"a": 3}}])
def test_a_view_that_holds_no_settings_is_refused(view):
    with pytest.raises(ConfigError, match="must be values by their names"):
        settings.read_changed(view)


def test_other_models_draw_their_own_way_and_the_rest_stays():
    how, other = (settings.Part(kind, "") for kind in (SynthesisConfig, TASKS["retrieval"].config))
    keys = [part["key"] for part in settings.form_of([how, other], "scenes")["parts"]]
    changed = {keys[0]: {"steps": 7}, keys[1]: {"epochs": 3}}
    view = settings.form_of([how, other], "scenes", changed)
    assert settings.suited("scenes", view, [how])["changed"] == changed
    suited = settings.suited("vit-l-14", view, [how])
    assert suited["changed"] == {keys[1]: {"epochs": 3}}
    shown = {field["name"]: field["default"] for field in suited["parts"][0]["fields"]}
    assert shown["guidance"] == BUNDLES["vit-l-14"].synthesis.guidance


@pytest.mark.parametrize(("told", "kept"), [(3, 3), (None, None), ("3", None)])
def test_an_answer_tells_which_changes_it_knows_of(told, kept):
    view = {**settings.form_of([], "scenes"), "after": told}
    assert settings.suited("scenes", view, [])["after"] == kept
