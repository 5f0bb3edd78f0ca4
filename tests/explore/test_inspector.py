"""Everything about one prototype."""

import time

import numpy as np
import pytest

from explorer.explore.dataset import Prepared
from explorer.explore.inspector import make_card
from tests.explore.random_prepared import make_prepared


@pytest.fixture(scope="module")
def small() -> Prepared:
    return make_prepared(n_images=60, n_prototypes=5)


def test_a_card_has_the_numbers_and_the_nearest(small):
    card = make_card(small, 2)
    prototypes = small.prototypes
    assert (card.label, card.number) == ("a · b", 2)
    rows = prototypes.image_cluster == prototypes.image_label[2]
    assert card.n_image_rows == rows.sum()
    shared = rows & (prototypes.caption_cluster == prototypes.caption_label[2])
    assert card.n_shared == shared.sum()
    unit = small.image / np.linalg.norm(small.image, axis=1, keepdims=True)
    cosine = unit @ prototypes.image[2] / np.linalg.norm(prototypes.image[2])
    assert [i for i, _ in card.nearest_images] == np.argsort(-cosine)[:12].tolist()
    assert card.nearest_images[0][1] == pytest.approx(cosine.max(), abs=1e-5)
    assert card.nearest_captions[0][0] == card.chosen_caption == small.chosen_caption[2]


def test_the_rank_counts_the_prototypes_whose_sides_agree_more(small):
    lower = small.prototypes._replace(image=small.prototypes.image[[2, 1, 0, 3, 4]])
    swapped = make_prepared(n_images=60, n_prototypes=5)
    swapped.prototypes = lower  # 0 and 2 have each other's image side, the others their own
    assert all(make_card(swapped, k).rank >= 4 for k in (0, 2))
    assert all(make_card(swapped, k).rank <= 3 for k in (1, 3, 4))


def test_a_card_lists_no_more_than_there_is():
    assert len(make_card(make_prepared(n_images=6, n_prototypes=2), 0).nearest_images) == 6


@pytest.mark.parametrize("k", [-1, 5])
def test_there_is_no_card_beyond_the_prototypes(small, k):
    with pytest.raises(IndexError):
        make_card(small, k)


def test_a_card_is_quick_with_as_many_images_as_scenes_has():
    prepared = make_prepared(n_images=6000, n_prototypes=100, dim=128, captions_each=5)
    make_card(prepared, 0)
    seconds = []
    for k in range(1, 8):
        start = time.perf_counter()
        make_card(prepared, k)
        seconds.append(time.perf_counter() - start)
    assert np.median(seconds) < 0.05
