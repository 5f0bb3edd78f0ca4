import numpy as np
import pytest

from explorer.core.pairs import most_similar
from explorer.errors import BadDataError, ConfigError

# Row m points m * 10 degrees away from its image, so the last rows are the least similar.
ANGLES = np.deg2rad(np.arange(10) * 10)
IMAGE = np.tile([1.0, 0.0], (10, 1))
CAPTION = np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1)


@pytest.mark.parametrize(
    ("drop_fraction", "n_kept"), [(0.0, 10), (0.09, 10), (0.1, 9), (0.25, 8), (0.99, 1)]
)
def test_the_least_similar_rows_go_rounded_down(drop_fraction, n_kept):
    assert most_similar(IMAGE, CAPTION, drop_fraction).tolist() == list(range(n_kept))


def test_among_equals_the_earlier_row_goes():
    assert most_similar(IMAGE, IMAGE, 0.3).tolist() == list(range(3, 10))


def test_length_does_not_matter():
    lengths = np.random.default_rng(0).uniform(0.1, 10, size=(10, 1))
    assert most_similar(IMAGE, lengths * CAPTION, 0.5).tolist() == list(range(5))


@pytest.mark.parametrize("drop_fraction", [-0.1, 1.0, float("nan")])
def test_a_fraction_outside_its_range_is_an_error(drop_fraction):
    with pytest.raises(ConfigError, match=r"drop_fraction must be in \[0, 1\)"):
        most_similar(IMAGE, CAPTION, drop_fraction)


def test_sides_of_different_length_are_an_error():
    with pytest.raises(BadDataError, match="same shape"):
        most_similar(IMAGE, CAPTION[:9], 0.2)
