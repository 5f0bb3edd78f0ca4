import numpy as np
import pytest

from explorer.core.clusters.joint import farthest_first, fit_weights
from explorer.core.geometry import cosine_rows
from explorer.core.prototypes import make_prototypes
from explorer.errors import ConfigError


def beside(*degrees: float) -> np.ndarray:
    """Unit rows at these angles."""
    angles = np.radians(degrees)
    return np.column_stack([np.cos(angles), np.sin(angles)]).astype(np.float32)


def test_rows_count_by_their_similarity_and_not_far_below_the_median():
    image, caption = beside(0, 0, 0, 0, 0, 0), beside(0, 10, 20, 80, 40, 120)
    weights = fit_weights(image, caption, np.array([0, 0, 0, 0, 1, 2]), 3)
    cosines = np.cos(np.radians([0, 10, 20, 80, 40]))
    expected = [*cosines[:3], 0, cosines[4], 1]  # median 0.96; a group of one has no outlier
    assert weights == pytest.approx(expected, rel=1e-5)  # and one without any similarity counts


def test_the_farthest_follow_the_one_in_the_middle():
    image = np.array([[1, 0], [1, 1], [0, 1], [0.9, 0.1]])
    assert farthest_first(image, image, 3).tolist() == [1, 0, 2]


def test_one_clustering_of_both_sides_gives_pairs_alone(paired_rows):
    image, caption = paired_rows(200, n_topics=3, noise=1.0, seed=7)
    found = make_prototypes(image, caption, n_prototypes=12, joint=0.6, clustering="kmeans")
    assert np.array_equal(found.image_cluster, found.caption_cluster)
    assert found.n_shared.sum() == len(found.kept)
    k = 3
    own = found.image_cluster == found.image_label[k]
    assert found.image[k] == pytest.approx(image[own].mean(axis=0), rel=1e-4, abs=1e-5)


def test_of_more_clusters_those_far_apart_are_kept_in_their_order(paired_rows):
    image, caption = paired_rows(200, n_topics=9, noise=1.0, seed=7)
    settings = {"joint": 0.5, "clustering": "kmeans"}
    all_of_them = make_prototypes(image, caption, n_prototypes=12, **settings)
    kept = make_prototypes(image, caption, n_prototypes=4, over_clusters=3, **settings)
    chosen = np.sort(farthest_first(all_of_them.image, all_of_them.caption, 4))
    assert np.array_equal(kept.image, all_of_them.image[chosen])
    assert (np.diff(cosine_rows(kept.image, kept.caption)) <= 1e-6).all()
    with pytest.raises(ConfigError, match="ask for 1 to 53"):
        make_prototypes(image, caption, n_prototypes=60, over_clusters=3, **settings)


def test_weighted_means_are_those_of_the_weights(paired_rows):
    image, caption = paired_rows(100, n_topics=3, noise=1.0, seed=7)
    found = make_prototypes(image, caption, n_prototypes=3, weighted=True, clustering="kmeans")
    group = np.where(found.image_cluster == found.image_label[0], 0, -1)
    group[found.caption_cluster != found.caption_label[0]] = -1
    weights = fit_weights(image, caption, group, 1)
    expected = (weights[:, None] * caption).sum(axis=0) / weights.sum()
    assert found.caption[0] == pytest.approx(expected, rel=1e-4, abs=1e-5)


def test_clusters_without_rows_repeat_one_that_has_some():
    rows = np.repeat(beside(0, 90), 5, axis=0)
    found = make_prototypes(rows, rows, n_prototypes=4, drop_fraction=0, joint=0.5)
    assert sorted(found.n_shared) == [0, 0, 5, 5]
    assert np.isfinite(found.image).all()
    assert (np.linalg.norm(found.image, axis=1) > 0.9).all()
