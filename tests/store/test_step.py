"""A cached result as one object."""

import numpy as np
import pytest

from explorer.store.step import Computed, Step, Work, make_key

WORK = Work("embed", "images", 10, "embed")


def step(name="embed", version=1, inputs=None, **more) -> Step:
    chosen = {"seed": 1, "of": {"a": [1, 2]}} if inputs is None else inputs
    return Step(name, version, chosen, lambda *_: Computed({}), lambda entry: entry, **more)


def test_a_key_is_24_letters_and_does_not_follow_the_order_of_inputs():
    key = step().key
    assert len(key) == 24
    assert set(key) <= set("0123456789abcdef")
    assert step(inputs={"of": {"a": [1, 2]}, "seed": 1}).key == key


@pytest.mark.parametrize(
    "other",
    [
        {"name": "maps"},
        {"version": 2},
        {"inputs": {"seed": 2, "of": {"a": [1, 2]}}},
        {"inputs": {"seed": 1, "of": {"a": [2, 1]}}},
        {"inputs": {"seed": "1", "of": {"a": [1, 2]}}},
        {"inputs": {"seed": 1}},
    ],
)
def test_a_key_changes_with_all_that_decides_the_result(other):
    assert step(**other).key != step().key


def test_keys_stay_what_they_were():
    """Else every store out there would be computed anew."""
    assert make_key("embed", 1, {"seed": 1}) == "6aba0be2c90bb63f1e5a76aa"


def test_what_costs_nothing_in_the_key_may_change_freely():
    assert step(cost=(WORK,), left=lambda: ()).key == step().key


def test_an_input_that_json_cannot_hold_is_a_fault():
    with pytest.raises(TypeError):
        _ = step(inputs={"array": np.zeros(3)}).key


def test_what_is_to_do_is_the_cost_unless_others_hold_some_of_it():
    assert step(cost=(WORK,)).to_do == (WORK,)
    assert step(cost=(WORK,), left=lambda: (WORK._replace(n=3),)).to_do[0].n == 3
    assert step().to_do == ()
