"""Distribution matching with captions and masks, by numbers worked out by hand."""

import numpy as np
import pytest
import torch

from explorer.learn.images import distribution, guided, parametrisations
from explorer.learn.images.guided import (
    CAPTIONS,
    MASKS,
    Fusion,
    Guides,
    fusion,
    masked,
    standardised,
)
from explorer.learn.images.labelled import IMAGES, real_images
from explorer.learn.networks.convnet import ConvNet

CAPTION = torch.tensor([[1.0], [-1.0], [1.0], [-1.0]])


class Shown:
    """A network whose features are the pixels."""

    def init(self, rng):
        return {}

    def features(self, weights, x):
        return x.flatten(1)


def source(levels=(0, 255, 255, 255), mean=0.0, std=1.0):
    """Images of one pixel, the first two of class 0 and the others of class 1."""
    image = np.array(levels, np.uint8)[:, None, None, None] * np.ones((3, 1, 1), np.uint8)
    statistics = (np.full(3, each, np.float32) for each in (mean, std))
    return real_images(image, np.array([0, 0, 1, 1]), 2, *statistics, "cpu")


def rng():
    return torch.Generator().manual_seed(0)


def test_the_layer_sees_centred_features_beside_scaled_captions():
    layer = Fusion(
        torch.tensor([[1.0, 0, 1], [0, -1, 2]]), torch.tensor([1.0, 2]), torch.tensor(2.0)
    )
    fused = layer(torch.tensor([[3.0, 1], [3, 1]]), torch.tensor([[1.0], [-3]]))
    # (2, -1, 2) gives 2 + 2 and 1 + 4; (2, -1, -6) gives 2 - 6 and 1 - 12
    assert fused.tolist() == [[4, 5], [0, 0]]


def test_captions_are_scaled_to_vary_as_much_as_features():
    layer = fusion(torch.tensor([[0.0, 0], [2, 0]]), torch.tensor([[0.0], [4]]), rng())
    assert layer.centre.tolist() == [1, 0]
    assert layer.scale.item() == 0.5  # variances 1 + 0 and 4
    assert layer.weight.shape == (2, 3)


def test_features_of_captions_have_mean_0_and_deviation_1_where_they_vary():
    found = standardised(np.array([[1, 5], [3, 5]]), torch.device("cpu"))
    assert found.tolist() == [[-1, 0], [1, 0]]


def of_one_pixel(values):
    return torch.tensor(values)[:, None, None, None].expand(-1, 3, 1, 1)


def test_what_is_masked_out_has_the_mean_colour():
    scale = source(mean=0.2, std=0.1).scale
    white = of_one_pixel([8.0, 8, 8])  # (1 - 0.2) / 0.1
    seen = masked(white, of_one_pixel([0.0, 0.2, 1]), scale)
    assert seen[:, 0, 0, 0].tolist() == pytest.approx([0, 0.2 * 8, 8], abs=1e-5)


def test_masked_images_count_beside_the_whole_ones():
    masks = np.array([0, 0, 255, 0], np.uint8)[:, None, None, None] * np.ones((3, 1, 1), np.uint8)
    learned = {IMAGES: of_one_pixel([0.0, 1]), MASKS: of_one_pixel([1.0, 0.25])}
    objective = guided.matching(Shown(), source(), 9, (), Guides(masks=masks, mask_weight=2))
    found = objective(learned, rng())
    # in three channels, whole: (1/2 - 0)^2 and 0; masked: 0 and (1/2 - 1/4)^2
    assert found.loss == pytest.approx(0.75 + 2 * 0.1875)
    first, second = found.by_name[IMAGES].flatten(1).tolist()
    assert first == pytest.approx([2 * -0.5] * 3)
    assert second == pytest.approx([2 * 2 * -0.25 * 0.25] * 3)


def test_images_are_right_with_their_own_captions_and_wrong_with_those_of_others():
    real = source((0, 255, 255, 51))
    images = real.take(np.arange(4))
    objective = guided.matching(Shown(), real, 9, (), Guides(captions=CAPTION))
    own = objective({IMAGES: images, CAPTIONS: CAPTION}, rng())
    swapped = objective({IMAGES: images, CAPTIONS: CAPTION[[1, 0, 3, 2]]}, rng())
    assert own.loss == pytest.approx(0, abs=1e-6)
    assert swapped.loss > 0.01
    assert swapped.by_name[IMAGES].abs().max() > 0.01  # so captions move images
    assert set(own.by_name) == {IMAGES}


def test_without_captions_and_masks_it_is_distribution_matching():
    image = np.random.default_rng(0).integers(0, 256, (8, 3, 8, 8), dtype=np.uint8)
    flat = np.full(3, 0.5, np.float32)
    real = real_images(image, np.arange(8) % 2, 2, flat, flat, "cpu")
    network = ConvNet(8, 2, width=4, depth=2)
    plain, own = (
        each.begin(rng())
        for each in (
            parametrisations.pixels(real, "real", 2),
            guided.pixels(real, "real", 2, Guides()),
        )
    )
    assert plain.keys() == own.keys()
    assert torch.equal(plain[IMAGES], own[IMAGES])
    dm = distribution.matching(network, real, lambda params: params[IMAGES], 3, ("flip", "crop"))
    same = guided.matching(network, real, 3, ("flip", "crop"), Guides())
    expected, found = dm(plain, rng()), same(own, rng())
    assert found.loss == expected.loss
    assert torch.equal(found.by_name[IMAGES], expected.by_name[IMAGES])


def test_images_begin_with_what_is_known_of_the_real_ones():
    real, values = source((0, 51, 102, 255)), np.array([0, 51, 102, 255], np.uint8)
    masks = values[:, None, None, None] * np.ones((3, 1, 1), np.uint8)
    guides = Guides(torch.eye(4), masks)
    begun = guided.pixels(real, "real", 2, guides).begin(rng())
    assert torch.equal(begun[IMAGES], begun[MASKS])
    assert torch.equal(real.take(begun[CAPTIONS].argmax(dim=1).numpy()), begun[IMAGES])
    of_noise = guided.pixels(real, "noise", 3, guides).begin(rng())
    assert of_noise[IMAGES].shape == (6, 3, 1, 1)
    rows = of_noise[CAPTIONS].argmax(dim=1)
    assert set(rows[:3].tolist()) == {0, 1}  # also where the class has fewer images
    assert set(rows[3:].tolist()) == {2, 3}
    assert torch.equal(real.take(rows.numpy()), of_noise[MASKS])
