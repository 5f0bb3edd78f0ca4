import numpy as np
import pytest

from explorer.core.clusters.beginning import centres_of, moved
from explorer.core.prototypes import make_prototypes
from explorer.types import Prototypes


@pytest.mark.parametrize("how", [{}, {"normalize": True}, {"joint": 0.4}, {"pairless": "refill"}])
def test_clustering_that_starts_where_it_ended_stays_there(how, paired_rows):
    rows = paired_rows(200)
    settings = {"n_prototypes": 6, "clustering": "kmeans", **how}
    before = make_prototypes(*rows, **settings)
    kept = {"normalize": False, "joint": 0.0, **how}
    kept.pop("pairless", None)
    start = centres_of(*rows, before, n_clusters=6, **kept)
    after = make_prototypes(*rows, **settings, start=start)
    assert moved(before, after) == pytest.approx(np.zeros(6), abs=0.1)


def test_how_far_prototypes_moved_is_told_by_their_image_cluster():
    def prototypes(image, caption, label):
        image, caption = (np.array(side, dtype=np.float32) for side in (image, caption))
        none = np.zeros(0, dtype=int)
        return Prototypes(image, caption, none, none, none, np.array(label), none, none)

    before = prototypes([[1, 0], [0, 1]], [[1, 0], [0, 1]], [4, 2])
    after = prototypes([[0, 3], [1, 1], [1, 0]], [[1, 1], [2, 0], [1, 0]], [2, 4, 0])
    assert moved(before, after) == pytest.approx([45, 45, np.nan], nan_ok=True, abs=0.01)
