import numpy as np
import pytest

from explorer.core.coresets import (
    best_aligned,
    find_each_other,
    forgetting_events,
    herding,
    k_center,
    most_forgotten,
    nearest_members,
    random_longest,
    random_pairs,
)
from explorer.core.geometry import unit_rows
from explorer.errors import ConfigError
from tests.recorded import read, recorded

IMAGE_OF_CAPTION = np.repeat(np.arange(10), [1, 2, 3, 4, 5, 5, 5, 5, 5, 5])


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("n_pairs", [1, 7, 10])
def test_every_pair_is_of_another_image(n_pairs, seed):
    captions = random_pairs(IMAGE_OF_CAPTION, n_pairs, seed)
    assert len(captions) == len(set(IMAGE_OF_CAPTION[captions])) == n_pairs


def test_beyond_the_images_no_image_is_far_ahead():
    captions = random_pairs(IMAGE_OF_CAPTION, 19, seed=0)
    assert len(set(captions)) == 19
    assert np.bincount(IMAGE_OF_CAPTION[captions]).tolist() == [1] + [2] * 9


def test_all_captions_can_be_drawn():
    assert sorted(random_pairs(IMAGE_OF_CAPTION, 40, seed=0)) == list(range(40))


def test_images_and_their_captions_are_equally_likely():
    drawn = np.concatenate([random_pairs(IMAGE_OF_CAPTION, 1, seed) for seed in range(4000)])
    images = np.bincount(IMAGE_OF_CAPTION[drawn], minlength=10)
    assert images == pytest.approx(400, abs=80)  # 4 standard deviations
    captions = np.bincount(drawn[IMAGE_OF_CAPTION[drawn] == 9] - 35, minlength=5)
    assert captions == pytest.approx(images[9] / 5, abs=36)


def test_the_seed_decides():
    same = [random_pairs(IMAGE_OF_CAPTION, 8, seed=3).tolist() for _ in range(2)]
    assert same[0] == same[1] != random_pairs(IMAGE_OF_CAPTION, 8, seed=4).tolist()


def test_images_at_random_come_with_their_longest_captions_and_then_with_the_second_longest():
    n_words = np.array([5, 9, 7, 4, 3, 8])
    rows = random_longest(np.array([0, 1, 1, 2, 2, 2]), n_words, 5, seed=0)
    assert sorted(rows[:3].tolist()) == [0, 1, 5]
    assert set(rows[3:].tolist()) == {2, 3}
    drawn = [random_longest(IMAGE_OF_CAPTION, np.arange(40), 3, seed).tolist() for seed in range(9)]
    assert len({*map(tuple, drawn)}) > 6
    assert drawn[0] == random_longest(IMAGE_OF_CAPTION, np.arange(40), 7, 0)[:3].tolist()


@pytest.mark.parametrize("n_pairs", [0, 41])
def test_a_number_of_pairs_that_is_impossible_is_an_error(n_pairs):
    with pytest.raises(ConfigError, match="ask for 1 to 40"):
        random_pairs(IMAGE_OF_CAPTION, n_pairs, seed=0)


# Images at 0, 90 and 180 degrees; the first has two captions, one on it and one at 90 degrees.
IMAGE = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]])
CAPTION = np.array([[2.0, 0.0], [0.0, 1.0], [0.6, 0.8], [-3.0, 0.1]])
OF_CAPTION = np.array([0, 0, 1, 2])


def test_the_best_aligned_pairs_come_first_but_each_image_once_before_any_twice():
    # cosines 1, 0, 0.8 and 0.9994: by cosine 0, 3, 2, and last the second caption of image 0
    assert best_aligned(IMAGE, CAPTION, OF_CAPTION, 4).tolist() == [0, 3, 2, 1]


def test_herding_follows_the_mean_in_a_hand_worked_case():
    # The mean of the four unit pairs is (0.25, 0.25) beside (0.150, 0.458). Products with it are
    # 0.400, 0.708, 0.707, -0.385: pair 1. Twice the mean less pair 1 is (-0.5, 0.5) beside
    # (0.300, -0.083); image 0 has had its turn, and 0.613 (pair 2) beats 0.197 (pair 3).
    assert herding(IMAGE, CAPTION, OF_CAPTION, 3).tolist() == [1, 2, 3]


def test_herding_stays_closer_to_the_mean_than_chance():
    rng = np.random.default_rng(0)
    image, caption = rng.normal(size=(200, 16)), rng.normal(size=(400, 16))
    of_caption = np.repeat(np.arange(200), 2)
    rows = np.hstack([unit_rows(image)[of_caption], unit_rows(caption)])

    def distance(chosen: np.ndarray) -> float:
        return float(np.linalg.norm(rows[chosen].mean(axis=0) - rows.mean(axis=0)))

    by_chance = [distance(random_pairs(of_caption, 20, seed)) for seed in range(50)]
    chosen = herding(image, caption, of_caption, 20)
    assert distance(chosen) < 0.5 * min(by_chance)
    assert herding(image, caption, of_caption, 7).tolist() == chosen[:7].tolist()


@pytest.mark.parametrize("seed", range(4))
def test_k_center_goes_to_the_far_side_first(seed):
    angle = np.array([0.0, 0.1, 0.2, 3.0, 3.1, 3.2])
    rows = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    first, second = k_center(rows, rows, np.arange(6), 2, seed)
    assert abs(angle[first] - angle[second]) > 2.7


def test_k_center_covers_better_than_chance():
    rng = np.random.default_rng(1)
    rows = unit_rows(rng.normal(size=(8, 16))[rng.choice(8, 300, p=[0.65] + [0.05] * 7)])
    rows = unit_rows(rows + 0.05 * rng.normal(size=rows.shape))

    def farthest(chosen: np.ndarray) -> float:
        return float((1 - rows @ rows[chosen].T).min(axis=1).max())

    covered = farthest(k_center(rows, rows, np.arange(300), 8, seed=0))
    assert covered < 0.2 < min(farthest(random_pairs(np.arange(300), 8, s)) for s in range(20))


def test_forgetting_counts_falls_and_what_was_never_known_comes_first():
    # by column: known all along, learned late, forgotten twice, forgotten once, never known
    learned = np.array(
        [[1, 0, 1, 1, 0], [1, 0, 0, 1, 0], [1, 0, 1, 0, 0], [1, 1, 0, 0, 0]], dtype=bool
    )
    n_forgotten = forgetting_events(learned)
    assert n_forgotten.tolist() == [0, 0, 2, 1, 4]
    assert most_forgotten(n_forgotten, np.arange(5), 3, seed=0).tolist() == [4, 2, 3]


def test_the_seed_decides_between_pairs_that_were_forgotten_equally_often():
    n_forgotten, of_caption = np.repeat([0, 3], 50), np.arange(100)
    chosen = [most_forgotten(n_forgotten, of_caption, 20, seed).tolist() for seed in (0, 0, 1)]
    assert chosen[0] == chosen[1] != chosen[2]
    assert min(map(min, chosen)) >= 50


def test_pairs_find_each_other_where_both_ways_agree():
    # Captions 0 and 1 both point at image 0, which is nearest to caption 0: pair 1 is not found.
    image = unit_rows(np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]]))
    text = unit_rows(np.array([[1.0, 0.0], [1.0, 0.5], [-1.0, 0.0]]))
    assert find_each_other(image, text, [np.arange(3)]).tolist() == [True, False, True]
    apart = [np.array([0]), np.array([1, 2])]
    assert find_each_other(image, text, apart).tolist() == [True, True, True]


def test_equal_rivals_take_nothing_away():
    rows = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    assert find_each_other(rows, rows, [np.arange(3)]).all()


CHOOSE = {
    "random": lambda *rows, k: random_pairs(rows[2], k, seed=0),
    "best aligned": lambda *rows, k: best_aligned(*rows, k),
    "herding": lambda *rows, k: herding(*rows, k),
    "k-center": lambda *rows, k: k_center(*rows, k, seed=0),
    "most forgotten": lambda *rows, k: most_forgotten(rows[2] % 3, rows[2], k, seed=0),
}


@pytest.mark.parametrize("name", CHOOSE)
def test_no_pair_is_chosen_twice_and_no_image_before_its_turn(name):
    rng = np.random.default_rng(2)
    image, caption = rng.normal(size=(10, 4)), rng.normal(size=(40, 4))
    for k in (1, 10, 19, 40):
        chosen = CHOOSE[name](image, caption, IMAGE_OF_CAPTION, k=k)
        assert len(set(chosen.tolist())) == k
        taken = np.bincount(IMAGE_OF_CAPTION[chosen], minlength=10)
        n_left = np.bincount(IMAGE_OF_CAPTION) - taken
        assert all(taken[n_left > 0] >= taken.max() - 1)


@pytest.mark.parametrize("name", CHOOSE)
def test_equal_rows_and_rows_of_zeros_can_be_chosen_from(name):
    for rows in (np.ones((6, 3)), np.zeros((6, 3))):
        chosen = CHOOSE[name](rows, rows, np.arange(6), k=4)
        assert len(set(chosen.tolist())) == 4


@recorded("vl_mdm")
def test_members_nearest_to_centres_equal_the_recorded_ones(case):
    """Two of the recorded clusters are empty."""
    arrays = read(case)
    parts = (arrays[f"cluster_{name}"] for name in ("feats", "labels", "centres"))
    assert nearest_members(*parts).tolist() == arrays["pick_cosine"].tolist()
