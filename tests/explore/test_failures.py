from types import SimpleNamespace

import numpy as np
import pytest

from explorer.errors import BadDataError, UnknownNameError
from explorer.explore import failures
from explorer.explore.failures import fared, groups, places_of, prototypes_near
from explorer.tasks.items import Items, Ranks
from explorer.types import Column

SPLIT = SimpleNamespace(
    n_images=4,
    n_captions=6,
    image_of_caption=np.array([0, 0, 1, 2, 3, 3]),
    columns={
        "kind": Column("image", "words", np.array([0, 1, 0, -1]), ["boat", "tree"]),
        "length": Column("caption", "number", np.array([1.0, 2, 3, 4, 5, np.nan])),
        "things": Column(
            "image", "list", np.array([0, 1, 1]), ["sun", "sea"], np.r_[0, 2, 3, 3, 3]
        ),
    },
)


@pytest.fixture
def prepared():
    return SimpleNamespace(
        dataset=SimpleNamespace(
            name="x", splits={"test": SPLIT}, captioned=lambda split: SPLIT, is_labelled=False
        ),
        labels=["boats", "trees"],
        prototypes=SimpleNamespace(image=np.eye(2)),
    )


def in_groups(prepared, space, by, item, near=None) -> dict[str, list[int]]:
    near = np.zeros(len(item), int) if near is None else near
    found = groups(prepared, space, by, np.array(item), near)
    return {each.label: each.rows.tolist() for each in found}


def test_items_fare_as_students_rank_their_partners():
    ranks = Ranks(np.array([[0, 12, -1], [1, 30, -1]]), np.array([[0, 0], [0, 9]]))
    items = Items(np.array([0, 2, 3]), np.array([1, 4]), (40, 40), {"resnet": ranks})
    found = fared(items, "resnet", "image")
    assert found.item.tolist() == [0, 2]  # the last has no caption
    assert found.rank.tolist() == [0.5, 21]
    assert (found.first.tolist(), found.among.tolist()) == ([0.5, 0], [1, 0])
    assert fared(items, "resnet", "caption").first.tolist() == [1, 0.5]
    with pytest.raises(UnknownNameError, match="Students of this run have resnet"):
        fared(items, "vit", "image")


def test_groups_are_those_of_prototypes_or_of_values_of_a_column(prepared):
    near = prototypes_near(prepared, np.array([[1, 0.1], [0.2, 3], [5, 4]]))
    assert near.tolist() == [0, 1, 0]
    assert in_groups(prepared, "image", "prototype", [0, 1, 2], near) == {
        "boats": [0, 2],
        "trees": [1],
    }
    assert in_groups(prepared, "image", "kind", [0, 1, 2, 3]) == {"boat": [0, 2], "tree": [1]}
    assert in_groups(prepared, "caption", "kind", [1, 2, 3]) == {"boat": [0, 2], "tree": [1]}
    assert in_groups(prepared, "image", "things", [0, 1]) == {"sea": [0, 1], "sun": [0]}
    with pytest.raises(UnknownNameError, match="no column 'smell'"):
        in_groups(prepared, "image", "smell", [0])


def test_numbers_are_grouped_into_parts_of_as_many_items_each(prepared):
    found = in_groups(prepared, "caption", "length", [0, 1, 2, 3, 4, 5])
    assert sorted(row for rows in found.values() for row in rows) == [0, 1, 2, 3, 4]
    assert len(found) == failures.BINS
    assert in_groups(prepared, "caption", "length", [2]) == {"3 to 3": [0]}


def test_items_stand_where_they_were_embedded(prepared):
    embedded = SimpleNamespace(number=np.array([0, 2, 3]))  # image 1 could not be read
    assert places_of(prepared, embedded, "image", np.array([2, 3])).tolist() == [1, 2]
    assert places_of(prepared, embedded, "caption", np.array([0, 3, 5])).tolist() == [0, 2, 4]
    with pytest.raises(BadDataError, match="another test split"):
        places_of(prepared, embedded, "image", np.array([4]))
