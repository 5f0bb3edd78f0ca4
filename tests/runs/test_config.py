"""What a whole run is asked for."""

from dataclasses import replace

import pytest

from explorer.methods.registry import all_methods
from explorer.runs.config import RunConfig, reseeded, seeds_of
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
