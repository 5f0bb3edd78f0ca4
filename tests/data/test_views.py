"""Cropped views are the same everywhere, parts of the image, and no two alike."""

import numpy as np
from PIL import Image

from explorer.data.views import LEAST_AREA, cropped
from explorer.types import Pairs


def test_a_view_is_a_part_of_each_image_and_always_the_same():
    values = np.arange(40 * 30, dtype=np.uint8).reshape(30, 40)
    pairs = Pairs(
        captions=["a", "b"],
        image_of_caption=np.arange(2),
        image_names=["a", "b"],
        open_image=lambda index: Image.fromarray(values + index),
        fingerprint="two",
    )
    views = [cropped(pairs, view) for view in (0, 1)]
    assert len({pairs.fingerprint, *(each.fingerprint for each in views)}) == 3
    seen = [np.asarray(each.open_image(0)) for each in views]
    for part in seen:
        assert LEAST_AREA * values.size * 0.9 <= part.size <= values.size
        assert part.shape[0] <= 30
        assert part.shape[1] <= 40
    assert seen[0].shape != seen[1].shape or not np.array_equal(*seen)
    assert np.array_equal(seen[0], np.asarray(cropped(pairs, 0).open_image(0)))
