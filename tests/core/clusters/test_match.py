import numpy as np
import pytest

from explorer.core.clusters.match import match_clusters, pairs_of_rows, shared_counts
from explorer.errors import BadDataError


def test_hand_worked_case():
    # shared counts [[2, 0], [1, 1]]: the diagonal (3) beats the other diagonal (1)
    matching = match_clusters(np.array([0, 0, 1, 1]), np.array([0, 0, 0, 1]), 2)
    assert matching.caption_of_image.tolist() == [0, 1]
    assert matching.n_shared.tolist() == [2, 1]


def test_a_pair_may_share_no_row():
    # both rows of captions 0 belong to image 0; image cluster 1 is left with caption cluster 1
    matching = match_clusters(np.array([0, 0, 1]), np.array([0, 0, 0]), 2)
    assert matching.caption_of_image.tolist() == [0, 1]
    assert matching.n_shared.tolist() == [2, 0]


def test_a_cluster_without_rows_keeps_its_number():
    matching = match_clusters(np.array([0, 2, 2]), np.array([2, 0, 0]), 3)
    assert matching.caption_of_image.tolist() == [2, 1, 0]
    assert matching.n_shared.tolist() == [1, 0, 2]


@pytest.mark.parametrize("seed", range(5))
def test_renaming_caption_clusters_only_renames_the_answer(seed):
    rng = np.random.default_rng(seed)
    image, caption, names = rng.integers(6, size=90), rng.integers(6, size=90), rng.permutation(6)
    before, after = match_clusters(image, caption, 6), match_clusters(image, names[caption], 6)
    assert before.n_shared.sum() == after.n_shared.sum()
    assert sorted(after.caption_of_image) == list(range(6))


@pytest.mark.parametrize("seed", range(5))
def test_counts_and_pairs_equal_their_definition(seed):
    rng = np.random.default_rng(seed)
    image, caption = rng.integers(-1, 4, size=60), rng.integers(-1, 4, size=60)
    counts = shared_counts(image, caption, 4)
    for i in range(4):
        for j in range(4):
            assert counts[i, j] == sum((image == i) & (caption == j))
    known = (image >= 0) & (caption >= 0)
    matching = match_clusters(image, caption, 4)
    pair = pairs_of_rows(image[known], caption[known], matching)
    assert np.bincount(pair[pair >= 0], minlength=4).tolist() == matching.n_shared.tolist()


@pytest.mark.parametrize(
    ("image", "caption", "words"),
    [([0, 1], [0], "cannot be compared"), ([0, 2], [0, 1], "not below the number of clusters")],
)
def test_labels_that_do_not_fit_are_an_error(image, caption, words):
    with pytest.raises(BadDataError, match=words):
        shared_counts(np.array(image), np.array(caption), 2)
