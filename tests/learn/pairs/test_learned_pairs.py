"""Pairs as parameters: where they begin, and what networks and sets make of them."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from explorer.learn.pairs import learned_pairs as pairs
from explorer.learn.pairs.learned_pairs import IMAGES, TEXTS, Experts
from explorer.learn.steady import AtOnce


class Means(SimpleNamespace):
    """A network of images of 4 pixels a side that says the mean of each channel."""

    size, width, device = 4, 3, torch.device("cpu")

    def prepare(self, image):
        return torch.from_numpy(np.array(image.convert("RGB").resize((4, 4))))

    def encode(self, levels):
        self.seen = [*vars(self).get("seen", []), len(levels)]
        return levels.mean(dim=(2, 3))


def begun(n=3, text=None):
    colours = [(255, 0, 51 * i) for i in range(n)]
    images = [Image.new("RGB", (8, 6), each) for each in colours]
    text = np.arange(2.0 * n).reshape(n, 2) if text is None else text
    return pairs.beginning(Means(), images, text)


def test_learning_begins_with_the_real_pairs():
    params = begun()()
    assert params[IMAGES].shape == (3, 3, 4, 4)
    assert params[TEXTS].dtype == torch.float32
    assert params[TEXTS].tolist() == [[0, 1], [2, 3], [4, 5]]
    levels = pairs.levels_of(Means(), params)
    assert levels.dtype == np.float32
    np.testing.assert_allclose(levels[2, :, 0, 0], [1, 0, 0.4], atol=1e-6)


def test_learned_images_may_leave_what_levels_are():
    params = begun()()
    params[IMAGES] = params[IMAGES] + 10
    assert pairs.levels_of(Means(), params).max() > 1.5


def test_texts_may_begin_as_tokens():
    tokens = np.ones((3, 5, 2), dtype=np.float32)
    params = pairs.with_tokens(begun(), lambda: tokens)()
    assert params[TEXTS].shape == (3, 5, 2)
    assert params.keys() == begun()().keys()
    assert torch.equal(params[IMAGES], begun()()[IMAGES])


@pytest.mark.parametrize("at_once", [1, 2, 3, 64])
def test_features_and_gradients_are_the_same_however_many_pass_at_once(at_once):
    images, backbone = begun()()[IMAGES].requires_grad_(), Means()
    found = pairs.encode(backbone, images, AtOnce(at_once))
    np.testing.assert_allclose(found.detach()[1], [1, 0, 0.2], atol=1e-6)
    assert max(backbone.seen) == min(at_once, 3)
    (found * torch.tensor([[1.0], [2.0], [3.0]])).sum().backward()
    first, _, third = images.grad
    torch.testing.assert_close(third, 3 * first)


@pytest.mark.parametrize(("size", "n"), [(224, 64), (112, 256), (448, 16), (4096, 1)])
def test_more_images_pass_at_once_the_smaller_they_are(size, n):
    assert pairs.at_once_through(SimpleNamespace(size=size)).n == n


def test_experts_are_at_the_moments_that_were_asked_for():
    image = np.arange(12, dtype=np.float32).reshape(2, 3, 2)
    experts = Experts(image, -image)
    found = experts.at(1, 2, torch.device("cpu"))
    assert [each.tolist() for each in found] == [[10, 11], [-10, -11]]
    found[0].zero_()  # a copy: what lies in the store is not written to
    assert image[1, 2].tolist() == [10, 11]


def test_heads_take_features_of_images_and_texts_into_one_space():
    learner = pairs.frozen(Means(), n_text=2)
    params = begun()()
    weights = learner.towers.start(torch.Generator().manual_seed(0))
    cosines = learner.towers.cosines(weights, learner.encode(params[IMAGES]), params[TEXTS] + 1)
    assert cosines.shape == (3, 3)
    assert cosines.abs().max() <= 1.0001
