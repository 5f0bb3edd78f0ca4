"""Regression with the kernels of infinitely wide networks as a student."""

import numpy as np
import pytest

from explorer.config import NetworkConfig
from explorer.errors import ConfigError
from explorer.learn.students.classifier import scale_on
from explorer.learn.students.regressed_students import answers

HALF = np.full(3, 0.5, dtype=np.float32)
SCALE = scale_on(HALF, HALF, "cpu")


def images(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Dark ones of class 0 and light ones of class 1, (n, 3, 8, 8) uint8."""
    labels = np.arange(n) % 2
    noise = np.random.default_rng(n).integers(60, size=(n, 3, 8, 8))
    return (noise + 150 * labels[:, None, None, None]).astype(np.uint8), labels


@pytest.mark.parametrize("name", ["kernel-fc", "kernel-conv"])
def test_dark_and_light_are_told_apart_and_blocks_do_not_count(name, monkeypatch):
    image, labels = images(4)
    config = NetworkConfig(image_size=8, depth=1)
    asked = [images(10)[0], images(6)[0]]
    given = (name, image.astype(np.float32) / 255, labels, 2, asked, SCALE, config, 1e-6)
    found = answers(*given)
    assert [each.argmax(axis=1).tolist() for each in found] == [[0, 1] * 5, [0, 1] * 3]
    monkeypatch.setattr("explorer.learn.students.regressed_students._BLOCK", 3)
    monkeypatch.setattr("explorer.learn.students.regressed_students._LARGEST", 3 * 4 * 8**4)
    np.testing.assert_allclose(answers(*given)[0], found[0], atol=1e-5)


def test_sure_shares_are_as_good_as_classes():
    image, labels = images(4)
    shares = np.eye(2, dtype=np.float32)[labels]
    config, levels = NetworkConfig(image_size=8), image.astype(np.float32) / 255
    one, other = (
        answers("kernel-fc", levels, target, 2, [images(6)[0]], SCALE, config, 1e-6)[0]
        for target in (labels, shares)
    )
    np.testing.assert_allclose(one, other)


def test_images_too_large_to_compare_all_pixels_are_refused():
    with pytest.raises(ConfigError, match="lower image_size, or choose kernel-fc"):
        answers(
            "kernel-conv", np.zeros((1, 3, 64, 64), np.float32), np.zeros(1, int), 2, [], SCALE,
            NetworkConfig(image_size=64), 1e-6,
        )  # fmt: skip
