from dataclasses import replace

import pytest
from PIL import Image

from explorer.compare.side_by_side import differing_settings, lay_side_by_side
from explorer.errors import ConfigError
from explorer.runs.config import RunConfig
from explorer.sets.folder import DistilledSet, Row
from tests.configs import about_set, with_settings
from tests.made_sets import make_set

CONFIG = RunConfig()


def test_only_settings_that_differ_are_told():
    other = with_settings(replace(CONFIG, size=50), prototypes={"seed": 7})
    assert differing_settings([CONFIG, other, CONFIG]) == {
        "size": [100, 50, 100],
        "prototypes.seed": [42, 7, 42],
    }
    assert differing_settings([CONFIG, CONFIG]) == {}


def test_a_setting_that_a_method_does_not_use_makes_no_difference():
    random = RunConfig(method="random")
    assert differing_settings([CONFIG, random]) == {"method": ["pds", "random"]}
    strong = with_settings(CONFIG, synthesis={"guidance": 2.5})
    assert differing_settings([CONFIG, random, strong])["synthesis.guidance"] == [2.0, None, 2.5]


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
    assert lay_side_by_side(*sets, "fitting") == pairs
    assert numbers(lay_side_by_side(*sets[::-1], "likeness")) == [(0, 1), (1, None), (2, 0)]


def test_sets_of_other_encoders_are_compared_by_number_only(sets, tmp_path):
    foreign = make_set(DistilledSet(tmp_path / "c"), replace(CONFIG, encoder="other"), [0.0])
    assert lay_side_by_side(sets[0], foreign, "number")[0].likeness is None
    with pytest.raises(ConfigError, match="compare them by number"):
        lay_side_by_side(sets[0], foreign, "likeness")
    by_number, fitting = (lay_side_by_side(sets[0], foreign, by) for by in ("number", "fitting"))
    assert fitting == by_number


def test_labelled_sets_stand_side_by_side_class_by_class(tmp_path):
    """They have no prototypes, and another size has other numbers."""
    one, two = (labelled_set(DistilledSet(tmp_path / str(n)), RunConfig(size=n), n) for n in (1, 2))
    pairs = lay_side_by_side(one, two, "number")
    assert numbers(pairs) == [(0, 0), (1, 2), (None, 1), (None, 3)]
    assert [pair.likeness for pair in pairs] == [None] * 4
    with pytest.raises(ConfigError, match="without prototypes"):
        lay_side_by_side(one, two, "likeness")


def labelled_set(target: DistilledSet, config: RunConfig, per_class: int) -> DistilledSet:
    target.begin(about_set(config))
    labels = [label for label in ("cat", "dog") for _ in range(per_class)]
    rows = [Row(f"{label}/{k:06d}.png", "", k, 1, 0, 0.0, label) for k, label in enumerate(labels)]
    target.add([], rows, [Image.new("RGB", (8, 8))] * len(rows))
    return target


def test_another_order_is_refused(sets):
    with pytest.raises(ConfigError, match="number, likeness"):
        lay_side_by_side(*sets, "colour")
