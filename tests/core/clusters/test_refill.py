"""Clusters that were paired without a shared row are filled again."""

import numpy as np
import pytest

from explorer.core.clusters.match import match_clusters, pairs_of_rows
from explorer.core.clusters.refill import Side, refill, smaller_half


def side(rows, labels, centres) -> Side:
    return Side(np.asarray(rows, dtype=float), np.asarray(labels), centres)


def rows_of_pairs(image: Side, caption: Side, matching) -> list[list[int]]:
    pair = pairs_of_rows(image.labels, caption.labels, matching)
    return [np.flatnonzero(pair == k).tolist() for k in range(len(image.centres))]


def test_a_number_without_rows_goes_to_the_smaller_half_of_the_largest_pair():
    """Captions 0 to 4 are one cluster, of three images at 0 degrees and of two at 90."""
    rows = [[1, 0], [1, 0.1], [1, 0.2], [0, 1], [0.1, 1], [-1, 0]]
    centres = np.array([[1, 0], [-1, 0], [0, -1]], dtype=np.float32)
    image = side(rows, [0, 0, 0, 0, 0, 1], centres)
    caption = side(rows, [0, 0, 0, 0, 0, 1], centres)
    matching = match_clusters(image.labels, caption.labels, 3)
    assert matching.n_shared.tolist() == [5, 1, 0]
    after = refill(image, caption, matching, seed=0)
    assert rows_of_pairs(*after, matching) == [[0, 1, 2], [5], [3, 4]]
    assert image.labels.tolist() == [0, 0, 0, 0, 0, 1]  # what was given stays as it was


def test_rows_of_clusters_that_go_join_the_nearest_of_those_that_stay():
    """Image cluster 2 and caption cluster 1 share nothing, though each has a row."""
    centres = np.array([[1, 0], [0, 1], [0.9, 0.1]], dtype=np.float32)
    image = side([[1, 0], [1, 0], [1, 0], [0, 1], [0.8, 0.6], [1, 0]], [0, 0, 0, 1, 2, 0], centres)
    centres = np.array([[1, 0], [0.1, 0.9], [0, 1]], dtype=np.float32)
    rows = [[1, 0], [1, 0], [1, 0], [0, 1], [1, 0], [0.1, 0.9]]
    caption = side(rows, [0, 0, 0, 2, 0, 1], centres)
    matching = match_clusters(image.labels, caption.labels, 3)
    assert matching.n_shared.tolist() == [3, 1, 0]
    after = refill(image, caption, matching, seed=0)
    # row 4 first joins pair 0, which is divided then; row 5 is of image 0 and of caption 2
    assert rows_of_pairs(*after, matching) == [[0, 1, 2], [3], [4]]
    assert after[0].labels.tolist() == [0, 0, 0, 1, 2, 0]
    assert after[1].labels.tolist() == [0, 0, 0, 2, 1, 2]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("n_clusters", [2, 5, 12])
def test_every_pair_has_rows_and_no_row_is_in_two(seed, n_clusters):
    rng = np.random.default_rng(seed)
    rows, n = rng.normal(size=(2, 20, 3)), n_clusters
    centres = rng.normal(size=(2, n, 3)).astype(np.float32)
    labels = rng.integers(max(1, n // 2), size=(2, 20))  # half of the clusters have none
    image, caption = (Side(*each) for each in zip(rows, labels, centres, strict=True))
    matching = match_clusters(image.labels, caption.labels, n)
    if not matching.n_shared.any():
        pytest.skip("there is nothing to divide")
    after = refill(image, caption, matching, seed)
    found = rows_of_pairs(*after, matching)
    assert all(found)
    together = [row for each in found for row in each]
    assert len(set(together)) == len(together)
    again = refill(image, caption, matching, seed)
    assert all(
        np.array_equal(one.labels, two.labels) for one, two in zip(after, again, strict=True)
    )


def test_the_half_that_is_split_off_is_the_smaller_one_on_both_sides_together():
    image = np.array([[1, 0], [1, 0], [1, 0], [1, 0], [1, 0]], dtype=float)
    caption = np.array([[1, 0], [0, 5], [1, 0.1], [0, 9], [1, 0]], dtype=float)
    assert smaller_half(image, caption, np.array([10, 11, 12, 13, 14]), 0).tolist() == [11, 13]


@pytest.mark.parametrize("n", [2, 3, 5])
def test_equal_rows_are_halved_by_their_order(n):
    same = np.ones((n, 2))
    assert smaller_half(same, same, np.arange(n), 0).tolist() == list(range(n // 2))
