"""Other views of the images of a split."""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from PIL.Image import Image

from explorer.types import Pairs

LEAST_AREA = 0.6
"""Share of an image that a crop keeps at least."""


def cropped(pairs: Pairs, view: int) -> Pairs:
    """The same pairs with each image cropped at random to 60 to 100 % of its area.

    The same view has the same crops everywhere; each keeps the image's ratio of sides.
    """
    return replace(
        pairs,
        open_image=partial(_crop, pairs.open_image, view),
        stored=None,  # as files they are other images
        same_images="",
        fingerprint=f"{pairs.fingerprint}-view-{view}",
    )


def _crop(open_image: Any, view: int, index: int) -> Image:
    image: Image = open_image(index)
    rng = np.random.default_rng([view, index])
    scale = rng.uniform(LEAST_AREA, 1) ** 0.5
    width, height = (max(1, round(side * scale)) for side in image.size)
    left, top = (
        int(rng.integers(whole - part + 1))
        for whole, part in zip(image.size, (width, height), strict=True)
    )
    return image.crop((left, top, left + width, top + height))
