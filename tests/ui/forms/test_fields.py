"""Values that came from the browser are what they should be, or refused."""

import math

import pytest

from explorer.errors import ConfigError
from explorer.ui.forms.fields import number, text, whole


@pytest.mark.parametrize("value", [0, -3, 10**15, 0.5, -1e300])
def test_numbers_stay_what_they_are(value):
    assert number(value, "Pairs") == value
    assert type(number(value, "Pairs")) is type(value)


@pytest.mark.parametrize("value", [7, 7.0, -2.0])
def test_whole_numbers_may_come_as_floats(value):
    assert whole(value, "Pairs") == value
    assert type(whole(value, "Pairs")) is int


@pytest.mark.parametrize(
    "value", [None, True, "7", [7], {}, math.nan, math.inf, -math.inf, 10**400]
)
def test_what_is_no_number_is_refused_by_the_name_of_its_field(value):
    for read in (number, whole):
        with pytest.raises(ConfigError, match=r"^Pairs must be a number, got "):
            read(value, "Pairs")


def test_an_empty_field_is_said_to_hold_nothing():
    with pytest.raises(ConfigError, match=r"^Pairs must be a number, got nothing\.$"):
        whole(None, "Pairs")


def test_a_part_of_a_number_is_not_whole():
    with pytest.raises(ConfigError, match=r"^Pairs must be a whole number, got 1\.5\.$"):
        whole(1.5, "Pairs")


@pytest.mark.parametrize("value", ["", "a", "é 🗺"])
def test_texts_stay_what_they_are(value):
    assert text(value, "Name") == value


@pytest.mark.parametrize("value", [None, 7, b"a", ["a"], "\ud800"])
def test_what_is_no_text_is_refused(value):
    with pytest.raises(ConfigError, match=r"^Name must be a text, got "):
        text(value, "Name")
