"""The form of a sweep, read and filled."""

import pytest

from explorer.errors import ConfigError
from explorer.runs.config import SweepConfig
from explorer.runs.directory import Job
from explorer.ui.forms.sweep import read_plan, read_sizes, values_of


@pytest.mark.parametrize(
    ("given", "sizes"),
    [("20", (20,)), (" 20,50 ", (20, 50)), ("1; 2\n3", (1, 2, 3)), ("007", (7,))],
)
def test_sizes_stand_between_commas_blanks_or_semicolons(given, sizes):
    assert read_sizes(given) == sizes


@pytest.mark.parametrize("given", ["", "a", "1.5", "-3", "1,,a", "1" * 10, "²", "٣"])
def test_what_are_no_sizes_is_shown_with_an_example(given):
    with pytest.raises(ConfigError, match="Write sizes like 20, 50, 100; got "):
        read_sizes(given)


def test_the_fields_say_the_plan():
    plan = read_plan(["pds", "random"], "3, 5", 2.0, None)
    assert plan == SweepConfig(methods=("pds", "random"), n_pairs=(3, 5), n_sets=2)


def test_a_setting_that_varies_makes_a_way_of_each_value_of_the_methods_that_have_it():
    plan = read_plan(["pds", "random"], "3", 1, "guidance = 1, 2")
    assert set(plan.methods) == {"pds[guidance=1]", "pds[guidance=2]", "random"}


def test_a_sweep_fills_the_fields_with_what_they_said():
    plan = SweepConfig(methods=("pds[guidance=1]", "random"), n_pairs=(3, 5), n_sets=2)
    assert read_plan(*values_of(Job(kind="sweep", sweep=plan))) == plan


def test_another_run_leaves_the_fields_as_they_are():
    skipped = values_of(Job())
    assert len(skipped) == 4
    assert all(each["__type__"] == "update" and "value" not in each for each in skipped)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ((None, "3", 1, ""), "Methods must be a list, got None"),
        (([7], "3", 1, ""), "A method must be a text, got 7"),
        ((["pds"], None, 1, ""), "Sizes must be a text, got None"),
        ((["pds"], "3", "1", ""), "Sets of each must be a number, got '1'"),
        ((["pds"], "3", 1.5, ""), "Sets of each must be a whole number"),
        ((["pds"], "3", 1, 7), "Vary settings must be a text, got 7"),
    ],
)
def test_a_field_that_holds_something_else_is_named(fields, message):
    with pytest.raises(ConfigError, match=message):
        read_plan(*fields)
