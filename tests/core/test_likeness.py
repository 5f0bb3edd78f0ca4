from itertools import permutations

import numpy as np
import pytest

from explorer.core.likeness import best_partners, likeness


def test_likeness_is_the_mean_of_both_cosines_whatever_the_lengths():
    image, caption = np.array([[3.0, 0.0]]), np.array([[0.0, 2.0]])
    other_image = np.array([[5.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    other_caption = np.array([[0.0, 9.0], [0.0, 1.0], [0.0, -1.0]])
    found = likeness(image, caption, other_image, other_caption)
    np.testing.assert_allclose(found, [[1.0, 0.5, (np.sqrt(0.5) - 1) / 2]], atol=1e-6)


@pytest.mark.parametrize("shape", [(4, 4), (3, 5), (5, 3)])
def test_no_other_partners_are_more_alike(shape):
    alike = np.random.default_rng(0).normal(size=shape)
    partners = best_partners(alike)
    found = sum(alike[i, j] for i, j in enumerate(partners) if j >= 0)
    wide = alike if shape[0] <= shape[1] else alike.T
    best = max(
        sum(wide[i, j] for i, j in enumerate(each))
        for each in permutations(range(wide.shape[1]), wide.shape[0])
    )
    assert found == pytest.approx(best)
    assert (partners >= 0).sum() == min(shape)
