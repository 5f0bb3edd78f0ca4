from dataclasses import fields

import gradio as gr
import pytest

from explorer.config import EvaluationConfig, PrototypeConfig, RunConfig, SynthesisConfig
from explorer.errors import ConfigError
from explorer.models.bundles import BUNDLES
from explorer.ui import settings
from explorer.ui.fields import meanings

ELSEWHERE = {"n_prototypes", "backbones"}  # a field of its own; always the bundle's


def values() -> list[object]:
    return [setting.default for setting in settings.SETTINGS]


@pytest.mark.parametrize("config", [PrototypeConfig, SynthesisConfig, EvaluationConfig])
def test_every_setting_has_a_field_and_a_meaning(config):
    shown = {
        each.name for each in settings.SETTINGS if isinstance(settings.PARTS[each.part], config)
    }
    assert shown == {field.name for field in fields(config)} - ELSEWHERE
    assert shown <= meanings(config).keys()


def test_the_form_shows_the_defaults_of_the_configs():
    with gr.Blocks():
        shown = [field for part in settings.PARTS for field in settings.build(part)]
    assert [field.value for field in shown] == values()
    assert all(field.info for field in shown)


def test_the_defaults_read_back_are_the_defaults():
    read = settings.read_all(100, values())
    assert read == {
        "prototypes": PrototypeConfig(),
        "synthesis": BUNDLES[RunConfig.bundle].synthesis,
        "evaluation": EvaluationConfig(),
    }


def test_numbers_from_the_browser_may_be_whole_floats():
    given = [float(v) if type(v) is int else v for v in values()]
    assert settings.read_all(100, given) == settings.read_all(100, values())


@pytest.mark.parametrize("place", range(len(settings.SETTINGS)))
@pytest.mark.parametrize("wrong", [None, [], {"a": 1}, float("nan")])
def test_what_is_no_value_of_a_field_is_a_config_error(place, wrong):
    given = values()
    given[place] = wrong
    with pytest.raises(ConfigError):
        settings.read_all(100, given)


def test_a_bundle_brings_its_own_drawing_settings():
    steps, guidance, noise_level, avoid, _ = settings.suited("vit-l-14")
    config = BUNDLES["vit-l-14"].synthesis
    assert (steps, guidance, noise_level) == (config.steps, config.guidance, config.noise_level)
    assert avoid == config.negative_prompt
