"""Images made of parts."""

import numpy as np
import torch

from explorer.learn.images.labelled import IMAGES, real_images
from explorer.learn.images.parametrisations import (
    COEFFICIENTS,
    compose,
    decode,
    formation,
    random_basis,
    sums,
)
from tests.recorded import read, recorded, variants


@recorded("img_idc")
def test_cells_are_scaled_up_as_recorded(case):
    arrays = read(case)
    for kind, factor, side in variants(arrays, r"(f|multi)(\d+)_(\d+)__data"):
        tag = f"{kind}{factor}_{side}"
        factors = range(1 if kind == "multi" else int(factor), int(factor) + 1)
        expected = arrays[f"{tag}__decoded_class0"]
        n = len(expected) // sum(each**2 for each in factors)
        own = torch.tensor(arrays[f"{tag}__data"][:n])
        found = torch.cat([decode(own, each) for each in factors])
        np.testing.assert_allclose(found, expected, atol=1e-6)


@recorded("img_idc")
def test_cells_of_real_images_are_filled_as_recorded(case):
    arrays = read(case)
    real, expected = torch.tensor(arrays["mix__real"]), arrays["mix__data"]
    n = len(expected) // len(real)
    factor = round((real.shape[1] / n) ** 0.5)
    found = torch.cat([compose(own, factor) for own in real])
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_flat_cells_come_back_as_they_were():
    cells = torch.rand(8, 3, 1, 1).expand(8, 3, 9, 9)
    back = decode(compose(cells, 2), 2)
    torch.testing.assert_close(back[:, :, 3, 3], cells[:, :, 0, 0])


def test_cells_are_filled_with_every_other_pixel_or_with_means():
    image = torch.tensor([[0.0, 1.0], [2.0, 5.0]])[None, None].expand(4, 1, 2, 2)
    assert compose(image, 2).unique().tolist() == [0.0]
    assert compose(image, 2, smoothly=True).unique().tolist() == [2.0]


def test_every_scale_shows_each_image_as_it_is_too():
    image = np.random.default_rng(0).integers(0, 255, size=(8, 3, 8, 8)).astype(np.uint8)
    flat = np.full(3, 0.5, dtype=np.float32)
    source = real_images(image, np.arange(8) % 2, 2, flat, flat, "cpu")
    images = formation(source, "real", 1, (1, 2))
    params = images.begin(torch.Generator().manual_seed(0))
    rendered = source.scale.leave(images.render(params))
    assert len(rendered) == 2 * images.per_class == 10
    torch.testing.assert_close(rendered[[0, 5]], params[IMAGES])


def test_a_formation_holds_factor_squared_images_of_its_class():
    labels = np.arange(8) % 2
    image = (labels[:, None, None, None] * np.ones((1, 3, 8, 8)) * 200).astype(np.uint8)
    flat = np.full(3, 0.5, dtype=np.float32)
    source = real_images(image, labels, 2, flat, flat, "cpu")
    images = formation(source, "real", 3, (2,))
    rng = torch.Generator().manual_seed(0)
    params = images.begin(rng)
    rendered = source.samples(images.render(params))
    assert params[IMAGES].shape == (6, 3, 8, 8)
    assert len(rendered.images) == images.per_class * 2 == 24
    assert rendered.labels.tolist() == [0] * 12 + [1] * 12
    assert rendered.images[:12].max() < 0.01
    assert rendered.images[12:].min() > 0.7


def test_sums_of_random_images_begin_as_near_to_real_ones_as_they_can():
    image = np.random.default_rng(0).integers(0, 255, size=(4, 3, 8, 8)).astype(np.uint8)
    flat = np.full(3, 0.5, dtype=np.float32)
    source = real_images(image, np.arange(4) % 2, 2, flat, flat, "cpu")
    basis = random_basis(source, 48, seed=1)
    assert torch.equal(basis, random_basis(source, 48, seed=1))
    images = sums(source, 3, 48, 1, basis, "real")
    params = images.begin(torch.Generator().manual_seed(0))
    assert params[COEFFICIENTS].shape == (6, 48)
    rest = images.render(params) - source.repeated("real", 3, torch.Generator().manual_seed(0))
    torch.testing.assert_close(rest.flatten(1) @ basis.T, torch.zeros(6, 48), atol=1e-3, rtol=0)


def test_a_learned_basis_is_shared_by_all_classes_and_scaled_up():
    image = np.zeros((4, 3, 8, 8), dtype=np.uint8)
    flat = np.full(3, 0.5, dtype=np.float32)
    source = real_images(image, np.arange(4) % 2, 2, flat, flat, "cpu")
    images = sums(source, 2, 5, 2)
    params = images.begin(torch.Generator().manual_seed(0))
    assert {name: tuple(each.shape) for name, each in params.items()} == {
        "coefficients": (4, 5),
        "basis": (5, 48),
    }
    assert images.render(params).shape == (4, 3, 8, 8)


def test_a_basis_of_real_images_is_them_scaled_down():
    levels = np.arange(4).repeat(192).reshape(4, 3, 8, 8).astype(np.uint8) * 50
    flat = np.full(3, 0.5, dtype=np.float32)
    source = real_images(levels, np.arange(4) % 2, 2, flat, flat, "cpu")
    params = sums(source, 2, 4, 2, start="real").begin(torch.Generator().manual_seed(0))
    shown = (params["basis"] * 0.5 + 0.5) * 255
    assert sorted(shown[:, 0].round().int().tolist()) == [0, 50, 100, 150]
    assert shown.std(dim=1).max() < 1e-3
