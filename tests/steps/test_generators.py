"""A generator of images of classes that is trained on the data at hand."""

from dataclasses import replace

import numpy as np
import pytest

from explorer.steps.generators import GeneratorConfig, generator, generator_of
from explorer.store.store import Store

CONFIG = GeneratorConfig(image_size=8, generator_epochs=2, generator_width=4, codes=3)


def never() -> None:
    raise AssertionError("the images are asked for")


def step(config: GeneratorConfig = CONFIG, source=never, n_images: int = 12, **more):
    given = {"pixels_key": "pixels", "device": "cpu", **more}
    return generator(n_images=n_images, config=config, source=source, **given)


@pytest.mark.parametrize(
    "other", [{"image_size": 9}, {"generator_epochs": 3}, {"generator_width": 5}, {"codes": 4}]
)
def test_what_decides_the_weights_is_in_the_key(other):
    assert step(replace(CONFIG, **other)).key != step().key
    assert step(pixels_key="other").key != step().key


def test_what_only_networks_of_students_have_is_not():
    """So methods that differ in it share a generator."""
    assert step(replace(CONFIG, width=64, depth=2), device="cuda", n_images=99).key == step().key


def test_its_cost_is_passes_over_all_images():
    (work,) = step().cost
    assert (work.n, work.each, work.by) == (2, 12, "width 4, 8 pixels on cpu")


@pytest.fixture(scope="module")
def images():
    from explorer.learn.images.labelled import real_images

    labels = np.arange(12) % 2
    image = np.where(labels[:, None, None, None], 200, 50) * np.ones((12, 3, 8, 8))
    mean = std = np.full(3, 0.5, np.float32)
    return real_images(image.astype(np.uint8), labels, 2, mean, std, "cpu")


def test_training_gives_the_weights_of_the_network_the_same_every_time(images, tmp_path):
    found = [Store(tmp_path / name).fetch(step(source=lambda: images)) for name in "ab"]
    network = generator_of(CONFIG, 2)
    n_weights = sum(int(np.prod(shape)) for shape in network.shapes.values())
    assert found[0].shape == (n_weights,)
    assert found[0].dtype == np.float32
    assert np.isfinite(found[0]).all()
    assert np.array_equal(*found)


def test_images_are_asked_for_only_where_there_are_no_weights(images, tmp_path):
    store = Store(tmp_path)
    first = store.fetch(step(source=lambda: images))
    assert np.array_equal(store.fetch(step(source=never)), first)
