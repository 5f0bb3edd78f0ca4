import numpy as np
import pytest

from explorer.config import CLUSTERINGS, PAIRLESS
from explorer.core.geometry import cosine_rows, mean_rows, row_lengths, unit_rows
from explorer.core.lazy_rows import pick
from explorer.core.prototypes import make_prototypes, nearest_captions


def test_picked_rows_are_the_rows_of_a_copy(paired_rows):
    rows, other = paired_rows(40)
    numbers = np.random.default_rng(0).integers(40, size=90)
    picked, copy = pick(rows, numbers), rows[numbers]
    assert (picked.shape, picked.ndim, len(picked)) == (copy.shape, 2, 90)
    assert (picked[3:7] == copy[3:7]).all()
    assert (picked.pick(np.array([5, 5, 1]))[:] == copy[[5, 5, 1]]).all()
    assert (row_lengths(picked) == row_lengths(copy)).all()
    assert (unit_rows(picked) == unit_rows(copy)).all()
    assert (cosine_rows(picked, other[numbers]) == cosine_rows(copy, other[numbers])).all()
    group = numbers % 4
    assert (mean_rows(picked, group, 4) == mean_rows(copy, group, 4)).all()


@pytest.mark.parametrize("clustering", CLUSTERINGS)
@pytest.mark.parametrize("pairless", PAIRLESS)
@pytest.mark.parametrize("normalize", [False, True])
def test_prototypes_do_not_depend_on_how_the_rows_are_held(
    clustering, pairless, normalize, paired_rows
):
    image, caption = paired_rows(60, noise=1.0)
    image_of_caption = np.repeat(np.arange(12), 5)
    settings = {"clustering": clustering, "pairless": pairless, "normalize": normalize}
    held = pick(image, image_of_caption), pick(caption, np.arange(60))
    copied = make_prototypes(image[image_of_caption], caption, n_prototypes=8, **settings)
    found = make_prototypes(*held, n_prototypes=8, **settings)
    for name, wanted in copied._asdict().items():
        assert (getattr(found, name) == wanted).all(), name
    nearest = nearest_captions(found.caption, held[1], unique=True)
    assert (nearest == nearest_captions(found.caption, caption, unique=True)).all()
