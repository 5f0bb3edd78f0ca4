"""A setting is declared once, and everybody who gives it a value is told the same."""

import pytest

from explorer.errors import ConfigError
from explorer.settings import Settings, declared, every_setting, group, seed_setting, setting


class Inner(Settings):
    seed: int = seed_setting("Start.", default=3)


class Outer(Settings):
    rate: float = setting("Rate", "Of it.", default=0.5, above=0, below=1, slider=0.25)
    kind: str = setting("Kind", "Which.", default="a", choices=("a", "b"))
    names: tuple[str, ...] = setting("Names", "Which.", default=())
    inner: Inner = group("Inside", default_factory=Inner)


@pytest.mark.parametrize(
    ("values", "must"),
    [
        ({"rate": 1.0}, "rate must be above 0 and below 1, got 1.0"),
        ({"rate": True}, "rate must be a number"),
        ({"rate": float("nan")}, "rate must be a number"),
        ({"kind": "c"}, "kind must be one of a, b, got 'c'"),
        ({"names": "abc"}, "names must be a list of texts"),
        ({"inner": {"seed": 1.5}}, "seed must be a whole number"),
        ({"inner": {"seed": -1}}, "seed must be at least 0"),
        ({"inner": 3}, "inner must be settings"),
        ({"weight": 1}, "Outer has no setting weight; it has inner, kind, names, rate"),
    ],
    ids=str,
)
def test_a_wrong_value_is_one_sentence_that_says_what_is_possible(values, must):
    with pytest.raises(ConfigError, match=must):
        Outer.from_json(values)


def test_what_was_written_is_read_back():
    outer = Outer(rate=0.75, names=("x",), inner=Inner(seed=4))
    assert Outer.from_json(outer.as_json()) == outer
    assert Outer.from_json({**outer.as_json(), "inner": {"seed": 4.0}, "names": ["x"]}) == outer


def test_settings_of_groups_are_settings_too():
    assert [each.name for each in declared(Outer)] == ["rate", "kind", "names"]
    assert [each.name for each in every_setting(Outer)] == ["rate", "kind", "names", "seed"]
