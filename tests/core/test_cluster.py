import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from explorer.config import CLUSTERINGS
from explorer.core.cluster import cluster_rows
from explorer.core.geometry import nearest_centre
from explorer.core.kmeans import LEAST_SAMPLE
from explorer.core.lazy_rows import pick
from explorer.errors import BadDataError, ConfigError

both = pytest.mark.parametrize("method", CLUSTERINGS)


def inertia(rows: np.ndarray, labels: np.ndarray) -> float:
    groups = [rows[labels == label] for label in np.unique(labels)]
    return sum(((group - group.mean(axis=0)) ** 2).sum() for group in groups)


@both
def test_hand_worked_case(method):
    rows = np.array([[0.0, 0], [0, 2], [10, 0], [10, 4]], dtype=np.float32)
    labels, centres = cluster_rows(rows, 2, method=method, seed=0)
    assert labels[0] == labels[1] != labels[2] == labels[3]
    loose = 1 if method == "minibatch" else 1e-5  # its centres lag behind the means
    assert centres[labels[0]] == pytest.approx([0, 1], abs=loose)
    assert centres[labels[2]] == pytest.approx([10, 2], abs=loose)


@both
def test_the_same_seed_gives_the_same_clusters(method, paired_rows):
    rows, _ = paired_rows(300)
    first, again = (cluster_rows(rows, 7, method=method, seed=5) for _ in range(2))
    assert (first[0] == again[0]).all()
    assert (first[1] == again[1]).all()


@pytest.mark.parametrize("n_clusters", [3, 40, 333])
def test_the_number_of_threads_changes_no_bit(n_clusters):
    rows = np.random.default_rng(0).normal(size=(9000, 70)).astype(np.float32)
    found = []
    for n_threads in (1, 2, 3):
        with threadpool_limits(n_threads):
            found.append(cluster_rows(rows, n_clusters, seed=0))
    for labels, centres in found[1:]:
        assert (labels == found[0][0]).all()
        assert (centres == found[0][1]).all()


@both
def test_rows_may_be_picked_from_an_array_on_disk(method, paired_rows, tmp_path):
    rows, _ = paired_rows(300)
    np.save(tmp_path / "rows.npy", rows)
    picked = np.sort(np.random.default_rng(0).integers(300, size=900))
    mapped = pick(np.load(tmp_path / "rows.npy", mmap_mode="r"), picked)
    for found, wanted in zip(
        cluster_rows(mapped, 9, method=method, seed=1),
        cluster_rows(rows[picked], 9, method=method, seed=1),
        strict=True,
    ):
        assert (found == wanted).all()


def test_centres_are_the_means_of_their_rows(paired_rows):
    rows, _ = paired_rows(500)
    labels, centres = cluster_rows(rows, 12, seed=0)
    means = [rows[labels == k].mean(axis=0) for k in range(12)]
    assert centres == pytest.approx(np.array(means), abs=1e-4)


def test_many_equal_rows_do_not_hide_the_few_others():
    """All 40 others are missing from most samples of 2,000 rows."""
    rows = np.zeros((50_000, 2), dtype=np.float32)
    others = np.random.default_rng(0).permutation(50_000)[:40]
    rows[others] = 100 * np.random.default_rng(1).normal(size=(40, 2))
    labels, _ = cluster_rows(rows, 41, seed=0)
    assert len(np.unique(labels)) == 41


def test_rows_far_from_the_origin_are_told_apart():
    near = np.repeat([[0.0, 0.0], [0.0, 3.0], [3.0, 0.0]], 50, axis=0)
    near += np.random.default_rng(0).normal(scale=0.1, size=near.shape)
    labels, _ = cluster_rows((near + 10_000).astype(np.float32), 3, seed=0)
    assert [len(np.unique(part)) for part in labels.reshape(3, 50)] == [1, 1, 1]
    assert len(np.unique(labels)) == 3


def test_as_many_clusters_as_rows_leave_every_row_alone(paired_rows):
    rows, _ = paired_rows(9)
    labels, _ = cluster_rows(rows, 9, seed=0)
    assert sorted(labels) == list(range(9))


@both
@pytest.mark.filterwarnings("ignore:Number of distinct clusters")
def test_equal_rows_share_a_cluster_and_leave_others_empty(method):
    rows = np.repeat([[1.0, 2.0], [5.0, 6.0]], 4, axis=0).astype(np.float32)
    labels, centres = cluster_rows(rows, 4, method=method, seed=0)
    assert len(set(labels[:4])) == len(set(labels[4:])) == 1
    assert len(set(labels)) == 2
    assert np.isfinite(centres).all()


def test_rows_are_nearest_to_the_centre_of_their_cluster(paired_rows):
    rows, _ = paired_rows(500)
    labels, centres = cluster_rows(rows, 12, seed=0)
    assert (labels == ((rows[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)).all()
    assert (labels == nearest_centre(rows, centres)).all()


def test_repeating_every_row_only_repeats_the_labels(paired_rows):
    rows, _ = paired_rows(200)
    labels, centres = cluster_rows(rows, 8, seed=3)
    repeated_labels, repeated_centres = cluster_rows(np.repeat(rows, 5, axis=0), 8, seed=3)
    assert inertia(np.repeat(rows, 5, axis=0), repeated_labels) == pytest.approx(
        5 * inertia(rows, labels), rel=0.02
    )
    assert (repeated_labels.reshape(-1, 5) == repeated_labels[::5, None]).all()
    assert repeated_centres.shape == centres.shape


@pytest.mark.parametrize("seed", range(3))
def test_kmeans_is_as_tight_as_the_reference(seed, paired_rows):
    rows, _ = paired_rows(3 * LEAST_SAMPLE, n_topics=40, seed=seed)  # starts on a sample
    labels, _ = cluster_rows(rows, 10, method="kmeans", seed=seed)
    reference, _ = cluster_rows(rows, 10, method="minibatch", seed=seed)
    assert inertia(rows, labels) <= 1.01 * inertia(rows, reference)


def test_the_rows_are_left_as_they_were(paired_rows):
    rows, _ = paired_rows(100)
    before = rows.copy()
    rows.setflags(write=False)
    cluster_rows(rows, 5, seed=0)
    assert (rows == before).all()


@pytest.mark.parametrize("n_clusters", [0, 6])
def test_a_number_of_clusters_that_is_impossible_is_an_error(n_clusters):
    with pytest.raises(ConfigError, match="ask for 1 to 5"):
        cluster_rows(np.eye(5), n_clusters, seed=0)


def test_an_unknown_method_is_an_error():
    with pytest.raises(ConfigError, match="one of kmeans, minibatch, got 'ward'"):
        cluster_rows(np.eye(5), 2, method="ward", seed=0)


def test_nan_is_an_error():
    with pytest.raises(BadDataError, match="row 1 is not"):
        cluster_rows(np.array([[0.0], [np.nan]]), 1, seed=0)
