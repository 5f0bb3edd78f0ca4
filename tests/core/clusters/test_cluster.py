import numpy as np
import pytest

from explorer.config import CLUSTERINGS
from explorer.core.clusters.cluster import cluster_rows
from explorer.core.geometry import nearest_centre
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


@both
def test_clusters_keep_the_number_of_the_centre_that_they_start_from(method):
    start = np.array([[7.0], [2.0]], dtype=np.float32)
    rows = np.array([[0.0], [1.0], [8.0]])
    labels, _ = cluster_rows(rows, 2, method=method, seed=0, start=start)
    assert labels.tolist() == [1, 1, 0]


def test_centres_of_another_shape_are_no_start():
    with pytest.raises(ConfigError, match=r"2 clusters of 1 numbers cannot start from \(3, 1\)"):
        cluster_rows(np.zeros((4, 1)), 2, seed=0, start=np.zeros((3, 1)))


def test_an_unknown_method_is_an_error():
    with pytest.raises(ConfigError, match="one of kmeans, minibatch, got 'ward'"):
        cluster_rows(np.eye(5), 2, method="ward", seed=0)


def test_nan_is_an_error():
    with pytest.raises(BadDataError, match="row 1 is not"):
        cluster_rows(np.array([[0.0], [np.nan]]), 1, seed=0)
