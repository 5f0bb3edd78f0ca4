import numpy as np
import pytest

from explorer.core.coresets import random_of_each_class
from explorer.errors import ConfigError

LABELS = np.array([0, 1, 1, 2, 0, 1, 2, 0])


def test_rows_stand_class_by_class_and_none_twice():
    rows = random_of_each_class(LABELS, 3, 2, seed=0)
    assert LABELS[rows].tolist() == [0, 0, 1, 1, 2, 2]
    assert len(set(rows.tolist())) == 6


def test_fewer_are_the_first_of_more_and_another_seed_draws_others():
    two, one = (random_of_each_class(LABELS, 3, n, seed=3).reshape(3, n) for n in (2, 1))
    assert np.array_equal(two[:, :1], one)
    drawn = {tuple(random_of_each_class(LABELS, 3, 1, seed).tolist()) for seed in range(20)}
    assert len(drawn) > 5


def test_a_class_with_too_few_rows_is_named_by_its_size():
    with pytest.raises(ConfigError, match="the smallest class has 2"):
        random_of_each_class(LABELS, 3, 3, seed=0)
