import numpy as np
import pytest

from explorer.core.coresets import random_pairs
from explorer.errors import ConfigError

IMAGE_OF_CAPTION = np.repeat(np.arange(10), [1, 2, 3, 4, 5, 5, 5, 5, 5, 5])


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("n_pairs", [1, 7, 10])
def test_every_pair_is_of_another_picture(n_pairs, seed):
    captions = random_pairs(IMAGE_OF_CAPTION, n_pairs, seed)
    assert len(captions) == len(set(IMAGE_OF_CAPTION[captions])) == n_pairs


def test_beyond_the_pictures_no_picture_is_far_ahead():
    captions = random_pairs(IMAGE_OF_CAPTION, 19, seed=0)
    assert len(set(captions)) == 19
    assert np.bincount(IMAGE_OF_CAPTION[captions]).tolist() == [1] + [2] * 9


def test_all_captions_can_be_drawn():
    assert sorted(random_pairs(IMAGE_OF_CAPTION, 40, seed=0)) == list(range(40))


def test_pictures_and_their_captions_are_equally_likely():
    drawn = np.concatenate([random_pairs(IMAGE_OF_CAPTION, 1, seed) for seed in range(4000)])
    pictures = np.bincount(IMAGE_OF_CAPTION[drawn], minlength=10)
    assert pictures == pytest.approx(400, abs=80)  # 4 standard deviations
    captions = np.bincount(drawn[IMAGE_OF_CAPTION[drawn] == 9] - 35, minlength=5)
    assert captions == pytest.approx(pictures[9] / 5, abs=36)


def test_the_seed_decides():
    same = [random_pairs(IMAGE_OF_CAPTION, 8, seed=3).tolist() for _ in range(2)]
    assert same[0] == same[1] != random_pairs(IMAGE_OF_CAPTION, 8, seed=4).tolist()


@pytest.mark.parametrize("n_pairs", [0, 41])
def test_a_number_of_pairs_that_is_impossible_is_an_error(n_pairs):
    with pytest.raises(ConfigError, match="ask for 1 to 40"):
        random_pairs(IMAGE_OF_CAPTION, n_pairs, seed=0)
