from types import SimpleNamespace

import numpy as np
import pytest

from explorer.store.store import Store


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path)


@pytest.fixture
def embedded():
    """Three well-parted topics of ten images, two captions each."""
    rng = np.random.default_rng(0)
    topic = np.arange(30) % 3
    centres = rng.normal(size=(3, 8)) * 10
    image = (centres[topic] + rng.normal(size=(30, 8))).astype(np.float32)
    image_of_caption = np.repeat(np.arange(30), 2)
    caption = image[image_of_caption] + rng.normal(size=(60, 8)).astype(np.float32)
    words = ["boats on water", "trees and grass", "streets by night"]
    return SimpleNamespace(
        key="k",
        image=image,
        caption=caption,
        image_of_caption=image_of_caption,
        captions=[words[topic[i]] for i in image_of_caption],
    )
