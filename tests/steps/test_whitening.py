"""Whitening of a split's images, as a cached step, and what networks see of it."""

import numpy as np
import pytest
import torch

from explorer.config import AS_LEARNED
from explorer.data.open import open_dataset
from explorer.errors import ConfigError
from explorer.learn.students.classifier import scale_on
from explorer.methods.registry import find_method
from explorer.runs.config import RunConfig, fitted
from explorer.steps.pixels import pixels
from explorer.steps.whitening import whitening
from explorer.store.store import Store
from explorer.tasks.classification import TASK, ClassificationConfig


@pytest.fixture(scope="module")
def digits():
    return open_dataset("digits").labelled()


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("kind", ["zca", "zca-regularised"])
def test_images_are_whitened_as_those_of_train_are_and_come_back(tmp_path, digits, kind, channels):
    store, read = Store(tmp_path), pixels(digits, 8, "train")
    step = whitening(read, kind, 8, channels, digits.n_images, store)
    zca, image = store.fetch(step), store.fetch(read).seen_in(channels).image
    plain = np.zeros(channels, np.float32), np.ones(channels, np.float32)
    scale = scale_on(*plain, "cpu", zca)
    levels = torch.tensor(image[:50]).float() / 255
    seen = scale.enter(levels)
    assert seen.shape == levels.shape
    torch.testing.assert_close(scale.leave(seen), levels, rtol=1e-3, atol=1e-3)
    assert zca.transform.shape == (64 * channels, 64 * channels)


def test_no_whitening_is_no_step_and_large_images_are_refused(tmp_path, digits):
    read = pixels(digits, 8, "train")
    assert whitening(read, "none", 8, 3, 1, Store(tmp_path)) is None
    with pytest.raises(ConfigError, match="Images of 64 pixels are too large to whiten"):
        whitening(read, "zca", 64, 3, 1, Store(tmp_path))


def test_students_see_images_whitened_where_a_method_learned_them_so():
    method = find_method("dm")
    dataset = open_dataset("digits")
    for own, asked, wanted in (
        ("zca", AS_LEARNED, "zca"),
        ("none", AS_LEARNED, "none"),
        ("zca", "none", "none"),
    ):
        config = RunConfig(
            data="digits",
            task=TASK.name,
            method="dm",
            settings=method.config(whitening=own),
            evaluation=ClassificationConfig(whitening=asked),
        )
        assert fitted(config, dataset).evaluation.whitening == wanted
