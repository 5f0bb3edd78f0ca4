import numpy as np
import pytest

from explorer.config import CLUSTERINGS, PAIRLESS
from explorer.core.geometry import cosine_rows
from explorer.core.prototypes import make_prototypes
from explorer.errors import BadDataError, ConfigError
from explorer.types import Prototypes

# Image clusters {0, 1, 2} {3} {4}, caption clusters {0} {1} {2, 3, 4}: whichever way they are
# paired, only two pairs share rows.
UNPAIRABLE = (
    np.array([[10, 0], [10, 1], [10, -1], [0, 20], [-20, 0]], dtype=np.float32),
    np.array([[0, 20], [-20, 0], [10, 0], [10, 1], [10, -1]], dtype=np.float32),
)
every_way = [
    pytest.mark.parametrize("pairless", PAIRLESS),
    pytest.mark.parametrize("clustering", CLUSTERINGS),
]


def in_every_way(test):
    for mark in every_way:
        test = mark(test)
    return test


def check_what_must_always_hold(
    found: Prototypes, image: np.ndarray, caption: np.ndarray, n_prototypes: int
) -> None:
    for array in (found.image, found.caption):
        assert np.isfinite(array).all()
        assert array.dtype == np.float32
    dropped = np.setdiff1d(np.arange(len(image)), found.kept)
    for cluster, label in (
        (found.image_cluster, found.image_label),
        (found.caption_cluster, found.caption_label),
    ):
        assert (cluster[dropped] == -1).all()
        assert ((cluster[found.kept] >= 0) & (cluster[found.kept] < n_prototypes)).all()
        assert len(np.unique(label)) == len(label)
    for k, n_shared in enumerate(found.n_shared):
        in_both = (found.image_cluster == found.image_label[k]) & (
            found.caption_cluster == found.caption_label[k]
        )
        assert in_both.sum() == n_shared
        if n_shared:
            assert found.image[k] == pytest.approx(image[in_both].mean(axis=0), rel=1e-4, abs=1e-5)
            assert found.caption[k] == pytest.approx(
                caption[in_both].mean(axis=0), rel=1e-4, abs=1e-5
            )
    assert (np.diff(cosine_rows(found.image, found.caption)) <= 1e-6).all()


@in_every_way
def test_hand_worked_case(pairless, clustering):
    image = np.array([[0, 10], [0, 12], [10, 0], [12, 0]], dtype=np.float32)
    caption = np.array([[1, 8], [1, 6], [2, 0], [4, 0]], dtype=np.float32)
    found = make_prototypes(
        image,
        caption,
        n_prototypes=2,
        drop_fraction=0.0,
        pairless=pairless,
        clustering=clustering,
    )
    assert found.image.tolist() == [[11, 0], [0, 11]]  # cosines 1 and 7 / sqrt(50)
    assert found.caption.tolist() == [[3, 0], [1, 7]]
    assert found.n_shared.tolist() == [2, 2]
    assert found.kept.tolist() == [0, 1, 2, 3]


def test_a_pair_of_unrelated_clusters_keeps_its_centres():
    found = make_prototypes(
        *UNPAIRABLE, n_prototypes=3, drop_fraction=0.0, clustering="kmeans", pairless="centres"
    )
    assert sorted(found.n_shared) == [0, 1, 1]
    k = found.n_shared.argmin()
    centre = UNPAIRABLE[0][found.image_cluster == found.image_label[k]].mean(axis=0)
    assert found.image[k] == pytest.approx(centre)
    centre = UNPAIRABLE[1][found.caption_cluster == found.caption_label[k]].mean(axis=0)
    assert found.caption[k] == pytest.approx(centre)


@pytest.mark.parametrize(("pairless", "n_expected"), [("drop", 2), ("refill", 3)])
def test_a_pair_of_unrelated_clusters_is_dropped_or_refilled(pairless, n_expected):
    found = make_prototypes(
        *UNPAIRABLE, n_prototypes=3, drop_fraction=0.0, clustering="kmeans", pairless=pairless
    )
    assert len(found.image) == n_expected
    assert (found.n_shared >= 1).all()


def test_refilling_splits_the_pair_that_shares_most_rows(paired_rows):
    image, caption = paired_rows(200, n_topics=3, noise=1.0, seed=7)
    settings = {"n_prototypes": 12, "clustering": "kmeans"}
    dropped = make_prototypes(image, caption, pairless="drop", **settings)
    refilled = make_prototypes(image, caption, pairless="refill", **settings)
    assert len(dropped.image) < len(refilled.image) == 12
    assert refilled.n_shared.max() < dropped.n_shared.max()


@in_every_way
@pytest.mark.parametrize("normalize", [False, True])
@pytest.mark.parametrize(("n_rows", "n_prototypes"), [(300, 20), (30, 12), (15, 12), (1, 1)])
def test_the_fields_fit_together(
    n_rows, n_prototypes, normalize, clustering, pairless, paired_rows
):
    image, caption = paired_rows(n_rows, n_topics=9, noise=1.0, seed=n_rows)
    settings = {"normalize": normalize, "clustering": clustering, "pairless": pairless}
    found = make_prototypes(image, caption, n_prototypes=n_prototypes, **settings)
    check_what_must_always_hold(found, image, caption, n_prototypes)
    assert len(found.kept) == n_rows - int(0.2 * n_rows)
    if pairless == "drop":
        assert 1 <= len(found.image) <= n_prototypes
    else:
        assert len(found.image) == n_prototypes
    assert pairless == "centres" or (found.n_shared > 0).all()


@in_every_way
@pytest.mark.parametrize("normalize", [False, True])
@pytest.mark.filterwarnings("ignore:Number of distinct clusters")
def test_equal_rows_give_prototypes_that_repeat(normalize, clustering, pairless):
    image = np.tile(np.float32([3, 4, 0]), (20, 1))
    caption = np.tile(np.float32([0, 0, 2]), (20, 1))
    settings = {"normalize": normalize, "clustering": clustering, "pairless": pairless}
    found = make_prototypes(image, caption, n_prototypes=4, **settings)
    check_what_must_always_hold(found, image, caption, 4)
    assert len(found.image) == (1 if pairless == "drop" else 4)
    assert found.image == pytest.approx(image[: len(found.image)])
    assert found.caption == pytest.approx(caption[: len(found.caption)])


@in_every_way
def test_zero_rows_are_an_ordinary_input(clustering, pairless, paired_rows):
    image, caption = paired_rows(60)
    image[::7] = 0
    settings = {"normalize": True, "clustering": clustering, "pairless": pairless}
    found = make_prototypes(image, caption, n_prototypes=8, drop_fraction=0.0, **settings)
    check_what_must_always_hold(found, image, caption, 8)


@pytest.mark.parametrize("clustering", CLUSTERINGS)
def test_twice_as_long_images_give_twice_as_long_prototypes(clustering, paired_rows):
    image, caption = paired_rows(200)
    once = make_prototypes(image, caption, n_prototypes=9, clustering=clustering)
    twice = make_prototypes(2 * image, caption, n_prototypes=9, clustering=clustering)
    assert twice.image == pytest.approx(2 * once.image)
    assert twice.caption == pytest.approx(once.caption)


def test_the_input_is_left_as_it_was(paired_rows):
    image, caption = paired_rows(60)
    image.setflags(write=False)
    caption.setflags(write=False)
    make_prototypes(image, caption, n_prototypes=5, pairless="refill", clustering="kmeans")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"n_prototypes": 17}, "Cannot make 17 prototypes from 16 pairs"),
        ({"n_prototypes": 0}, "Cannot make 0 prototypes"),
        ({"n_prototypes": 2, "drop_fraction": 1.0}, "drop_fraction must be in"),
        ({"n_prototypes": 2, "pairless": "keep"}, "pairless must be one of centres, drop, refill"),
        ({"n_prototypes": 2, "clustering": "ward"}, "one of kmeans, minibatch"),
    ],
)
def test_an_impossible_setting_is_explained(settings, words, paired_rows):
    with pytest.raises(ConfigError, match=words):
        make_prototypes(*paired_rows(20), **settings)


def test_embeddings_that_cannot_be_used_are_explained(paired_rows):
    image, caption = paired_rows(20)
    with pytest.raises(BadDataError, match="same shape"):
        make_prototypes(image, caption[:10], n_prototypes=2)
    caption[3, 1] = np.nan
    with pytest.raises(BadDataError, match=r"caption embeddings .* row 3 is not"):
        make_prototypes(image, caption, n_prototypes=2)
    with pytest.raises(ConfigError, match="from 0 pairs"):
        make_prototypes(image[:0], caption[:0], n_prototypes=1)
