import gradio as gr
import pytest

from explorer.config import SynthesisConfig
from explorer.errors import ConfigError
from explorer.methods.registry import all_methods
from explorer.models.bundles import BUNDLES
from explorer.settings import every_setting
from explorer.tasks.registry import TASKS
from explorer.ui.forms import settings

PARTS = settings.all_parts()
DEFAULTS = [
    getattr(settings.defaults_of(part), each.name) for part in PARTS for each in part.settings
]
PLACES = [(part, each) for part in PARTS for each in part.settings]


def read_all(values):
    given = settings.given_by(PARTS, values)
    return [
        settings.read(each.config, given) for each in (*all_methods().values(), *TASKS.values())
    ]


@pytest.mark.parametrize("owner", [*all_methods().values(), *TASKS.values()], ids=lambda o: o.name)
def test_every_setting_of_a_method_and_of_a_task_has_a_field(owner):
    shown = {each.name for part in PARTS for each in part.settings}
    assert {each.name for each in every_setting(owner.config) if each.on_form} <= shown


def test_the_form_shows_the_defaults_and_what_each_field_means():
    with gr.Blocks():
        shown = [f for part in PARTS for f in settings.build(part, settings.defaults_of(part))]
    assert [field.value for field in shown] == DEFAULTS
    assert all(field.info for field in shown)


def test_the_defaults_read_back_are_the_defaults():
    own = settings.in_order(PARTS, {p.kind: settings.values_of(p.kind())[p.kind] for p in PARTS})
    owners = (*all_methods().values(), *TASKS.values())
    assert read_all(own) == [each.config() for each in owners]


def test_numbers_from_the_browser_may_be_whole_floats():
    given = [float(v) if type(v) is int else v for v in DEFAULTS]
    assert read_all(given) == read_all(DEFAULTS)


@pytest.mark.parametrize("place", range(len(PLACES)), ids=lambda p: PLACES[p][1].name)
@pytest.mark.parametrize("wrong", [None, [], {"a": 1}, float("nan")], ids=str)
def test_what_is_no_value_of_a_field_is_a_config_error(place, wrong):
    given = list(DEFAULTS)
    given[place] = wrong
    with pytest.raises(ConfigError):
        read_all(given)


def test_a_bundle_brings_its_own_drawing_settings():
    steps, guidance, noise_level, avoid, _ = settings.suited("vit-l-14")
    config = BUNDLES["vit-l-14"].synthesis
    assert (steps, guidance, noise_level) == (config.steps, config.guidance, config.noise_level)
    assert avoid == config.negative_prompt


def test_only_the_headings_of_the_method_and_the_task_are_shown():
    shown = settings.visible(PARTS, all_methods()["random"], TASKS["retrieval"])
    kinds = [part.kind for part, each in zip(PARTS, shown, strict=True) if each["visible"]]
    assert SynthesisConfig not in kinds
    assert TASKS["retrieval"].config in kinds
