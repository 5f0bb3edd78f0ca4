import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from explorer.core.geometry import unit_rows
from explorer.core.prototypes import nearest_captions
from explorer.errors import BadDataError, ConfigError


def test_hand_worked_case():
    # cosines of prototypes 0, 1, 2 with captions east, north-east, north
    caption = np.array([[5.0, 0.0], [1.0, 1.0], [0.0, 2.0]])
    prototype = np.array([[9.0, 1.0], [8.0, 2.0], [0.0, 1.0]])
    assert nearest_captions(prototype, caption).tolist() == [0, 0, 2]
    assert nearest_captions(prototype, caption, unique=True).tolist() == [0, 1, 2]


def test_blocks_equal_one_product(paired_rows):
    caption, prototype = paired_rows(20_000, n_topics=50)
    cosine = unit_rows(prototype[:40]) @ unit_rows(caption).T
    assert (nearest_captions(prototype[:40], caption) == cosine.argmax(axis=1)).all()


def test_captions_may_lie_on_disk(tmp_path, paired_rows):
    caption, prototype = paired_rows(9000)
    np.save(tmp_path / "caption.npy", caption)
    mapped = np.load(tmp_path / "caption.npy", mmap_mode="r")
    in_memory = nearest_captions(prototype[:7], caption, unique=True)
    assert (nearest_captions(prototype[:7], mapped, unique=True) == in_memory).all()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("n_prototypes", "n_captions"), [(12, 12), (15, 60), (30, 9000)])
def test_own_captions_have_the_best_total(n_prototypes, n_captions, seed, paired_rows):
    caption, _ = paired_rows(n_captions, n_topics=4, seed=seed)
    _, prototype = paired_rows(n_prototypes, n_topics=2, seed=seed)  # so they want the same ones
    cosine = unit_rows(prototype) @ unit_rows(caption).T
    best = cosine[linear_sum_assignment(cosine, maximize=True)].sum()
    own = nearest_captions(prototype, caption, unique=True)
    assert len(set(own)) == n_prototypes
    assert cosine[np.arange(n_prototypes), own].sum() == pytest.approx(best, rel=1e-5)


def test_captions_that_differ_anyway_stay(paired_rows):
    caption, _ = paired_rows(100)
    assert nearest_captions(caption[:50], caption, unique=True).tolist() == list(range(50))


def test_one_caption_is_everybodys():
    assert nearest_captions(np.eye(3), np.ones((1, 3))).tolist() == [0, 0, 0]


def test_the_first_of_equal_captions_is_taken_and_zero_rows_are_like_nothing():
    caption = np.array([[0.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    assert nearest_captions(np.array([[0.0, 3.0]]), caption).tolist() == [1]
    assert nearest_captions(np.array([[0.0, 0.0]]), caption).tolist() == [0]
    assert sorted(nearest_captions(np.ones((3, 2)), caption, unique=True)) == [0, 1, 2]


def test_too_few_captions_are_an_error():
    with pytest.raises(ConfigError, match=r"3 prototypes .* from 2"):
        nearest_captions(np.eye(3), np.eye(3)[:2], unique=True)
    with pytest.raises(ConfigError, match="from 0"):
        nearest_captions(np.eye(3), np.empty((0, 3)))


def test_what_does_not_fit_is_an_error():
    with pytest.raises(BadDataError, match="same width"):
        nearest_captions(np.eye(3), np.eye(4))
    with pytest.raises(BadDataError, match="caption embeddings"):
        nearest_captions(np.eye(2), np.array([[1.0, np.nan]]))
    with pytest.raises(BadDataError, match="prototypes"):
        nearest_captions(np.array([[1.0, np.inf]]), np.eye(2))
