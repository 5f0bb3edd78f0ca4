from types import SimpleNamespace

import numpy as np
import pytest

from explorer.explore.matching import shared_rows, shared_table, spread
from explorer.steps.prototypes import rename_clusters
from explorer.types import Prototypes

# Ten rows. Prototype 0 came from image cluster 1 and caption cluster 0, prototype 1 from 0 and 1,
# prototype 2 from 2 and 2; caption cluster 3 became no prototype.
IMAGE = np.array([1, 1, 1, 1, 1, 1, 0, 0, 2, -1])
CAPTION = np.array([0, 0, 1, 1, 1, 3, 1, 1, 0, -1])


@pytest.fixture
def tiny():
    nothing = np.ones((3, 2), dtype=np.float32)
    labels = np.array([1, 0, 2]), np.array([0, 1, 2])
    shared = np.array([2, 2, 0])
    found = Prototypes(nothing, nothing, shared, IMAGE, CAPTION, *labels, np.arange(9))
    return SimpleNamespace(
        prototypes=found, n_prototypes=3, prototype_of_caption=rename_clusters(IMAGE, labels[0])
    )


def test_an_image_cluster_spreads_over_caption_clusters_those_with_most_rows_first(tiny):
    assert spread(tiny, 0) == ([1, 0], [3, 2], 1)  # the last row's cluster became no prototype
    assert spread(tiny, 1) == ([1], [2], 0)


def test_a_pairless_prototype_is_not_among_those_its_rows_spread_over(tiny):
    assert spread(tiny, 2) == ([0], [1], 0)


def test_the_own_cluster_is_named_however_few_its_rows_are():
    many = SimpleNamespace(
        n_prototypes=7,
        prototype_of_caption=np.zeros(28, int),
        prototypes=SimpleNamespace(
            caption_cluster=np.repeat(np.arange(7), np.arange(1, 8)), caption_label=np.arange(7)
        ),
    )
    # caption clusters 0 to 6 have 1 to 7 of its rows; its own is 0
    assert spread(many, 0) == ([6, 5, 4, 0], [7, 6, 5, 1], 9)


def test_the_table_counts_what_the_rows_of_each_cell_are(tiny):
    table = shared_table(tiny)
    assert table.tolist() == [[2, 3, 0], [0, 2, 0], [1, 0, 0]]
    for k in range(3):
        for other in range(3):
            assert len(shared_rows(tiny, k, other)) == table[k, other]
    assert shared_rows(tiny, 0, 1).tolist() == [2, 3, 4]


@pytest.mark.parametrize("cell", [(3, 0), (0, 3), (-1, 0)])
def test_there_is_no_cell_beyond_the_prototypes(tiny, cell):
    with pytest.raises(IndexError):
        shared_rows(tiny, *cell)
