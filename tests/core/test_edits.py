import numpy as np
import pytest

from explorer.core.edits import Edited, add, choose_caption, drop, merge, split
from explorer.errors import ConfigError
from explorer.types import Prototypes

# Seven rows on a line. Prototype 0 shares rows 0 and 1, prototype 1 shares rows 3 and 4, and row 2
# lies in the image cluster of the first and the caption cluster of the second. Prototype 2 is
# pairless: its clusters are row 5 and row 6.
IMAGE = np.array([[1, 1], [3, 1], [5, 1], [7, 1], [9, 1], [20, 1], [-20, 1]], dtype=np.float32)
CAPTION = np.array([[1, 0], [1, 4], [0, 1], [0, 3], [2, 5], [9, 9], [-9, 9]], dtype=np.float32)
FOUND = Prototypes(
    image=np.array([[2, 1], [8, 1], [20, 1]], dtype=np.float32),
    caption=np.array([[1, 2], [1, 4], [-9, 9]], dtype=np.float32),
    n_shared=np.array([2, 2, 0]),
    image_cluster=np.array([10, 10, 10, 11, 11, 12, -1]),
    caption_cluster=np.array([5, 5, 4, 4, 4, -1, 3]),
    image_label=np.array([10, 11, 12]),
    caption_label=np.array([5, 4, 3]),
    kept=np.arange(7),
)


def begin(found: Prototypes, chosen: np.ndarray) -> Edited:
    n = len(chosen)
    return Edited(found, chosen, number=np.arange(n), n_numbers=n)


@pytest.fixture
def found():
    return begin(FOUND, np.array([1, 4, 6]))


def test_another_caption_changes_nothing_else(found):
    edited = choose_caption(found, 1, 3)
    assert edited.chosen_caption.tolist() == [1, 3, 6]
    assert found.chosen_caption.tolist() == [1, 4, 6]
    assert edited.prototypes is found.prototypes


@pytest.mark.parametrize("row", [-1, 7])
def test_a_caption_that_is_not_there_is_told(found, row):
    with pytest.raises(ConfigError, match=f"There is no caption {row}"):
        choose_caption(found, 0, row)


def test_a_dropped_prototype_leaves_the_others_their_numbers(found):
    edited = drop(found, 1)
    assert edited.number.tolist() == [0, 2]
    assert edited.prototypes.image.tolist() == [[2, 1], [20, 1]]
    assert edited.prototypes.caption_label.tolist() == [5, 3]
    assert drop(edited, 2).number.tolist() == [0]
    for gone in (1, 3, -1):
        with pytest.raises(ConfigError, match=f"no prototype {gone + 1} any more"):
            drop(edited, gone)


def test_the_last_prototype_stays(found):
    with pytest.raises(ConfigError, match="last prototype"):
        drop(drop(drop(found, 0), 1), 2)


def test_merged_prototypes_are_means_over_the_rows_in_both_united_clusters(found):
    # rows 0, 1, 3 and 4 were shared; row 2 lies in a cluster of each
    edited = merge(found, 1, 0, IMAGE, CAPTION)
    assert edited.number.tolist() == [1, 2]
    np.testing.assert_allclose(edited.prototypes.image[0], [5, 1])
    np.testing.assert_allclose(edited.prototypes.caption[0], [4 / 5, 13 / 5])
    assert edited.prototypes.n_shared.tolist() == [5, 0]
    assert edited.prototypes.image_cluster.tolist() == [11, 11, 11, 11, 11, 12, -1]
    assert edited.prototypes.caption_cluster.tolist() == [4, 4, 4, 4, 4, -1, 3]
    assert edited.chosen_caption[0] == 1  # (1, 4) is nearest to (4, 13)
    assert edited.prototypes.image.dtype == edited.prototypes.caption.dtype == np.float32


def test_the_order_of_two_that_are_merged_changes_only_who_stays(found):
    one, other = merge(found, 0, 1, IMAGE, CAPTION), merge(found, 1, 0, IMAGE, CAPTION)
    np.testing.assert_array_equal(one.prototypes.image, other.prototypes.image)
    assert one.number.tolist() == [0, 2]


def test_two_pairless_prototypes_merge_halfway():
    lone = FOUND._replace(n_shared=np.zeros(3, int), caption_cluster=np.full(7, -1))
    edited = merge(begin(lone, np.array([1, 4, 6])), 0, 2, IMAGE, CAPTION)
    np.testing.assert_allclose(edited.prototypes.image[0], [11, 1])
    assert edited.prototypes.n_shared.tolist() == [0, 0]


def test_nobody_is_merged_with_itself(found):
    with pytest.raises(ConfigError, match="Prototype 2 cannot be merged with itself"):
        merge(found, 1, 1, IMAGE, CAPTION)


def test_a_split_prototype_becomes_the_means_of_two_groups_of_its_rows():
    # rows 0 to 2 point one way on both sides, rows 3 and 4 the other
    image = np.array([[1, 0], [2, 0], [3, 0], [0, 1], [0, 3], [5, 5]], dtype=np.float32)
    caption = np.array([[0, 2], [0, 4], [0, 6], [1, 0], [3, 0], [5, 5]], dtype=np.float32)
    whole = Prototypes(
        image=image[:5].mean(axis=0, keepdims=True),
        caption=caption[:5].mean(axis=0, keepdims=True),
        n_shared=np.array([5]),
        image_cluster=np.array([0, 0, 0, 0, 0, 0]),
        caption_cluster=np.array([0, 0, 0, 0, 0, 1]),
        image_label=np.array([0]),
        caption_label=np.array([0]),
        kept=np.arange(6),
    )
    edited = split(begin(whole, np.array([0])), 0, image, caption)
    made = edited.prototypes
    assert edited.number.tolist() == [0, 1]
    assert made.image.tolist() == [[2, 0], [0, 2]]
    assert made.caption.tolist() == [[0, 4], [2, 0]]
    assert made.n_shared.tolist() == [3, 2]
    assert made.image_cluster.tolist() == [0, 0, 0, 1, 1, 0]  # row 5 stays with the larger half
    assert made.caption_cluster.tolist() == [0, 0, 0, 2, 2, 1]
    assert (made.image_label.tolist(), made.caption_label.tolist()) == ([0, 1], [0, 2])
    assert edited.chosen_caption.tolist() == [0, 3]
    back = merge(edited, 0, 1, image, caption)
    np.testing.assert_allclose(back.prototypes.image, whole.image)
    assert split(back, 0, image, caption).number.tolist() == [0, 2]  # a number is given once


def test_a_prototype_of_fewer_than_two_rows_cannot_be_split(found):
    with pytest.raises(ConfigError, match="Prototype 3 cannot be split"):
        split(found, 2, IMAGE, CAPTION)


def test_an_added_prototype_is_the_mean_of_its_rows_and_the_others_stay_as_they_are(found):
    # row 2 was shared by nobody, row 3 by prototype 1
    edited = add(found, 3, np.array([2, 3]), IMAGE, CAPTION)
    made = edited.prototypes
    assert edited.number.tolist() == [0, 1, 2, 3]
    assert (made.image[3].tolist(), made.caption[3].tolist()) == ([6, 1], [0, 2])
    assert edited.chosen_caption[3] == 2  # (0, 1) and (0, 3) point as (0, 2) does: the first
    assert (made.image[:3].tolist(), made.caption[:3].tolist()) == (
        FOUND.image.tolist(),
        FOUND.caption.tolist(),
    )
    assert made.n_shared.tolist() == [2, 1, 0, 2]  # row 3 has left
    assert made.image_cluster.tolist() == [10, 10, 13, 13, 11, 12, -1]
    assert made.caption_cluster.tolist() == [5, 5, 6, 6, 4, -1, 3]
    assert drop(edited, 3).prototypes.n_shared.tolist() == [2, 1, 0]
    assert add(edited, 4, np.array([0]), IMAGE, CAPTION).number.tolist() == [0, 1, 2, 3, 4]


def test_a_prototype_is_added_with_the_next_number_and_of_rows_that_there_are(found):
    with pytest.raises(ConfigError, match="The next prototype is 4, not 6"):
        add(found, 5, np.array([2]), IMAGE, CAPTION)
    with pytest.raises(ConfigError, match="There is no row 7; there are 7"):
        add(found, 3, np.array([2, 7]), IMAGE, CAPTION)


def test_edits_leave_what_they_were_given_as_it_was(found):
    before = [np.copy(column) for column in FOUND]
    merge(found, 0, 1, IMAGE, CAPTION)
    split(found, 0, IMAGE, CAPTION)
    drop(found, 0)
    add(found, 3, np.array([0, 4]), IMAGE, CAPTION)
    for was, column in zip(before, FOUND, strict=True):
        np.testing.assert_array_equal(was, column)
