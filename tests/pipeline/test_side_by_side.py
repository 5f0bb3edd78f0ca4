from dataclasses import replace

import pytest

from explorer.config import PrototypeConfig, RunConfig, SynthesisConfig
from explorer.errors import ConfigError
from explorer.pipeline.distilled import DistilledSet
from explorer.pipeline.side_by_side import differing_settings, lay_side_by_side
from tests.pipeline.made_sets import make_set

CONFIG = RunConfig()


def test_only_settings_that_differ_are_told():
    other = replace(CONFIG, prototypes=PrototypeConfig(n_prototypes=50, seed=7))
    assert differing_settings([CONFIG, other, CONFIG]) == {
        "prototypes.n_prototypes": [100, 50, 100],
        "prototypes.seed": [42, 7, 42],
    }
    assert differing_settings([CONFIG, CONFIG]) == {}


def test_a_setting_that_a_method_does_not_use_makes_no_difference():
    random = replace(CONFIG, method="random", synthesis=SynthesisConfig(guidance=9.0))
    assert differing_settings([CONFIG, random]) == {"method": ["pds", "random"]}
    strong = replace(CONFIG, synthesis=SynthesisConfig(guidance=2.5))
    assert differing_settings([CONFIG, random, strong])["synthesis.guidance"] == [5.0, None, 2.5]


@pytest.fixture
def sets(tmp_path) -> tuple[DistilledSet, DistilledSet]:
    """The second set holds the first one's prototypes turned round, and one more."""
    first = make_set(DistilledSet(tmp_path / "a"), CONFIG, [0.0, 1.0])
    return first, make_set(DistilledSet(tmp_path / "b"), CONFIG, [1.1, 2.5, 0.1])


def numbers(pairs) -> list[tuple[int | None, int | None]]:
    return [(p.first and p.first.prototype, p.second and p.second.prototype) for p in pairs]


def test_sets_stand_side_by_side_by_number(sets):
    pairs = lay_side_by_side(*sets, "number")
    assert numbers(pairs) == [(0, 0), (1, 1), (None, 2)]
    assert pairs[0].likeness == pytest.approx(0.4536, abs=1e-4)  # cosine of 1.1
    assert pairs[2].likeness is None
    assert numbers(lay_side_by_side(*sets[::-1], "number")) == [(0, 0), (1, 1), (2, None)]


def test_the_most_alike_become_partners_and_nobody_is_left_out(sets):
    pairs = lay_side_by_side(*sets, "likeness")
    assert numbers(pairs) == [(0, 2), (1, 0), (None, 1)]
    assert pairs[0].likeness == pairs[1].likeness == pytest.approx(0.995, abs=1e-4)
    assert numbers(lay_side_by_side(*sets[::-1], "likeness")) == [(0, 1), (1, None), (2, 0)]


def test_sets_of_other_encoders_are_compared_by_number_only(sets, tmp_path):
    foreign = make_set(DistilledSet(tmp_path / "c"), replace(CONFIG, encoder="other"), [0.0])
    assert lay_side_by_side(sets[0], foreign, "number")[0].likeness is None
    with pytest.raises(ConfigError, match="compare them by number"):
        lay_side_by_side(sets[0], foreign, "likeness")


def test_another_order_is_refused(sets):
    with pytest.raises(ConfigError, match="number, likeness"):
        lay_side_by_side(*sets, "colour")
