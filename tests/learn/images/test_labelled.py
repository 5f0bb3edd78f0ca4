import numpy as np
import pytest
import torch

from explorer.learn.images.labelled import real_images

LABELS = np.array([1, 0, 1, 0, 1])
LEVELS = np.arange(5, dtype=np.uint8)[:, None, None, None] * np.ones((3, 4, 4), dtype=np.uint8)


@pytest.fixture
def source():
    mean, std = np.full(3, 2 / 255, dtype=np.float32), np.full(3, 1 / 255, dtype=np.float32)
    return real_images(LEVELS, LABELS, 2, mean, std, "cpu")


def test_images_are_scaled_by_the_statistics(source):
    assert torch.allclose(source.take(np.array([4, 0]))[:, 0, 0, 0], torch.tensor([2.0, -2.0]))


def test_a_batch_holds_no_image_twice_and_at_most_all_of_its_class(source):
    rng = torch.Generator().manual_seed(0)
    drawn = source.of_class(0, 9, rng)[:, 0, 0, 0]
    assert sorted(drawn.round().tolist()) == [-1, 1]


def test_learning_begins_with_real_images_class_by_class_and_ends_as_levels(source):
    samples = source.samples(source.start("real", 2, torch.Generator().manual_seed(0)))
    assert samples.labels.tolist() == [0, 0, 1, 1]
    values = np.rint(samples.images[:, 0, 0, 0] * 255).astype(int).tolist()
    assert set(values[:2]) == {1, 3}
    assert set(values[2:]) <= {0, 2, 4}
    assert samples.images.dtype == np.float32


def test_noise_has_the_deviation_of_the_images(source):
    drawn = source.start("noise", 200, torch.Generator().manual_seed(0))
    assert drawn.shape == (400, 3, 4, 4)
    assert abs(drawn.std() - 1) < 0.02
