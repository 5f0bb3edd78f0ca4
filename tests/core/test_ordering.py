import numpy as np
import pytest

from explorer.core import ordering
from explorer.core.ordering import places_by_likeness


@pytest.mark.parametrize("most", [2000, 10])
def test_rows_of_a_group_stand_beside_each_other(most, monkeypatch):
    monkeypatch.setattr(ordering, "MOST_IN_A_TREE", most)
    rng = np.random.default_rng(0)
    group = rng.permutation(np.repeat(np.arange(4), 5))
    rows = 9 * group[:, None] * np.ones(3) + rng.normal(size=(20, 3))
    places = places_by_likeness(rows)
    assert sorted(places.tolist()) == list(range(20))
    for each in range(4):
        own = np.sort(places[group == each])
        assert own[-1] - own[0] == 4


def test_few_rows_stay_as_they_are():
    assert places_by_likeness(np.ones((2, 3))).tolist() == [0, 1]
    assert places_by_likeness(np.ones((0, 3))).tolist() == []
