"""What a whole run is asked for."""

from dataclasses import replace

import pytest

from explorer.data.open import open_dataset
from explorer.methods.registry import all_methods
from explorer.runs.config import RunConfig, fitted, reseeded, seeds_of, with_later
from tests.configs import with_settings


def test_the_seeds_of_a_method_are_those_of_its_groups_and_its_own():
    config = with_settings(RunConfig(), prototypes={"seed": 3}, synthesis={"seed": 5})
    assert seeds_of(config.settings) == [3, 5]
    assert seeds_of(RunConfig().with_method("random").settings) == [42]
    assert seeds_of(RunConfig().with_method("all").settings) == []


@pytest.mark.parametrize("name", all_methods())
def test_the_sets_of_a_sweep_differ_in_every_seed_and_in_nothing_else(name):
    settings = RunConfig().with_method(name).settings
    other = reseeded(settings, 2)
    assert seeds_of(other) == [seed + 2 for seed in seeds_of(settings)]
    assert reseeded(other, -2) == settings
    assert all_methods()[name].has_chance == bool(seeds_of(settings))


def test_a_run_is_read_as_it_was_written():
    config = replace(RunConfig(data="digits", size=3), subset="a" * 24)
    assert RunConfig.from_json(config.as_json()) == config


def test_what_was_written_before_there_were_grey_networks_was_by_three_channels():
    config = RunConfig(data="digits", task="classification", method="dm")
    values = config.as_json()
    del values["settings"]["image_channels"], values["evaluation"]["image_channels"]
    told = RunConfig.from_json(values, written=True)
    assert (told.settings.image_channels, told.evaluation.image_channels) == (3, 3)
    assert RunConfig.from_json(values) == config  # by hand, it is left to the data
    assert with_later(values["settings"], type(config.settings))["image_channels"] == 3


def test_a_run_sees_images_as_the_data_have_them_unless_others_were_asked_for():
    digits = open_dataset("digits")
    config = RunConfig(data="digits", task="classification", method="dm")
    seen = fitted(config, digits)
    assert (seen.settings.image_size, seen.settings.image_channels) == (8, 1)
    assert "image_channels" in seen.settings.as_key()
    asked = replace(config, settings=replace(config.settings, image_channels=3))
    seen = fitted(asked, digits)
    assert (seen.settings.image_channels, seen.evaluation.image_channels) == (3, 3)
    assert "image_channels" not in seen.settings.as_key()
