import numpy as np
import pytest

from explorer.core import retrieval
from explorer.core.retrieval import mean_interval, recall_from_scores
from explorer.errors import BadDataError, ConfigError

SCORES = np.array(  # captions 0 and 1 describe image 0, caption 2 image 1, caption 3 image 2
    [
        [0.9, 0.2, 0.8, 0.1],
        [0.3, 0.4, 0.7, 0.6],
        [0.1, 0.5, 0.2, 0.3],
    ]
)
IMAGE_OF_CAPTION = np.array([0, 0, 1, 2])


def slow_recall(scores, image_of_caption, k):
    """Puts every wrong answer that ties, or is NaN, before the right one."""

    def is_ahead(wrong, right):
        return not wrong < right

    n_images, n_captions = scores.shape
    found_images = []
    for i in range(n_images):
        own = [m for m in range(n_captions) if image_of_caption[m] == i]
        others = [m for m in range(n_captions) if image_of_caption[m] != i]
        ranks = [sum(is_ahead(scores[i, o], scores[i, m]) for o in others) for m in own]
        found_images += [min(ranks) < k] if ranks else []
    found_captions = []
    for m, i in enumerate(image_of_caption):
        ahead = [is_ahead(scores[j, m], scores[i, m]) for j in range(n_images) if j != i]
        found_captions.append(sum(ahead) < k)
    return 100 * np.mean(found_images), 100 * np.mean(found_captions)


def test_hand_worked_case():
    # ranks of the best caption of images 0, 1, 2: 0, 0, 1; of the image of captions 0 to 3:
    # 0, 2, 1, 1
    recall = recall_from_scores(SCORES, IMAGE_OF_CAPTION, ks=(1, 2))
    assert recall.image_to_text == pytest.approx({1: 200 / 3, 2: 100.0})
    assert recall.text_to_image == pytest.approx({1: 25.0, 2: 75.0})
    assert recall.mean == pytest.approx((200 / 3 + 100 + 25 + 75) / 4)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("k", [1, 2, 5])
def test_ties_and_nan_count_against_the_right_answer(seed, k, monkeypatch):
    rng = np.random.default_rng(seed)
    scores = rng.integers(5, size=(9, 20)).astype(np.float32)  # many ties
    scores[rng.random(scores.shape) < 0.1] = np.nan
    image_of_caption = rng.integers(9, size=20)  # some images have no caption
    expected = slow_recall(scores, image_of_caption, k)
    for block in (1, 50, 2**24):
        monkeypatch.setattr(retrieval, "BLOCK_SCORES", block)
        recall = recall_from_scores(scores, image_of_caption, ks=(k,))
        assert (recall.image_to_text[k], recall.text_to_image[k]) == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_images_and_captions_does_not_matter(seed):
    rng = np.random.default_rng(seed)
    scores, image_of_caption = rng.normal(size=(12, 40)), rng.integers(12, size=40)
    images, captions = rng.permutation(12), rng.permutation(40)
    new_place = np.argsort(images)
    assert recall_from_scores(scores, image_of_caption) == recall_from_scores(
        scores[images][:, captions], new_place[image_of_caption][captions]
    )


def test_more_images_than_a_byte_can_count_are_ranked():
    # All but the right image are worse than it for caption 0, none is for caption 1.
    scores = np.zeros((600, 2))
    scores[599] = [1, -1]
    assert recall_from_scores(scores, np.array([599, 599]), ks=(1, 599, 600)).text_to_image == {
        1: 50.0,
        599: 50.0,
        600: 100.0,
    }


def test_an_image_without_captions_is_left_out_but_still_competes():
    scores = np.array([[0.5], [0.9]])
    recall = recall_from_scores(scores, np.array([0]), ks=(1,))
    assert recall.image_to_text == {1: 100.0}
    assert recall.text_to_image == {1: 0.0}


def test_two_equal_captions_of_one_image_do_not_compete():
    recall = recall_from_scores(np.array([[0.7, 0.7], [0.1, 0.1]]), np.array([0, 0]), ks=(1,))
    assert recall.image_to_text == {1: 100.0}


def test_scores_that_say_nothing_find_nothing():
    recall = recall_from_scores(np.zeros((20, 20)), np.arange(20))
    assert recall.mean == 0
    assert recall_from_scores(np.full((20, 20), np.nan), np.arange(20)).mean == 0


def test_whole_numbers_are_scores_too():
    assert recall_from_scores(np.eye(20, dtype=np.int64), np.arange(20)).mean == 100


def test_a_k_beyond_the_number_of_candidates_finds_everything():
    recall = recall_from_scores(SCORES, IMAGE_OF_CAPTION, ks=(100,))
    assert recall.mean == 100


@pytest.mark.parametrize("ks", [(), (0, 1)])
def test_a_k_below_one_is_an_error(ks):
    with pytest.raises(ConfigError, match="at least 1"):
        recall_from_scores(SCORES, IMAGE_OF_CAPTION, ks=ks)


@pytest.mark.parametrize(
    ("scores", "image_of_caption"),
    [
        (SCORES, [0, 0, 1]),
        (SCORES, [0, 0, 1, 3]),
        (SCORES, [0, 0, 1, -1]),
        (SCORES[0], [0, 0, 0, 0]),
        (SCORES[:, :0], []),
    ],
)
def test_what_does_not_fit_is_an_error(scores, image_of_caption):
    with pytest.raises(BadDataError):
        recall_from_scores(scores, np.array(image_of_caption, dtype=np.int64))


def test_hand_worked_interval():
    # n = 4, standard deviation 2.582, Student t 3.182: half width 3.182 * 2.582 / 2
    assert mean_interval([1.0, 3.0, 5.0, 7.0]) == pytest.approx((4.0, 4.108), abs=1e-3)


def test_equal_values_have_no_spread_and_one_value_no_known_one():
    assert mean_interval([5.0, 5.0, 5.0]) == (5.0, 0.0)
    assert mean_interval([5.0]) == (5.0, float("inf"))


def test_the_interval_holds_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(500):
        mean, half_width = mean_interval(rng.normal(size=5).tolist(), confidence=0.8)
        hits += abs(mean) <= half_width
    assert hits / 500 == pytest.approx(0.8, abs=0.05)


def test_a_mean_of_nothing_is_an_error():
    for values in ([], [1.0, float("nan")]):
        with pytest.raises(BadDataError, match="at least one value and only finite ones"):
            mean_interval(values)
    with pytest.raises(ConfigError, match="confidence"):
        mean_interval([1.0], confidence=1.0)
