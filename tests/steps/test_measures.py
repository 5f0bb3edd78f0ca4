"""Size, brightness and sharpness of images."""

import numpy as np
import pytest
from PIL import Image, ImageFilter

from explorer.errors import BadDataError
from explorer.steps.measures import LOOKED_AT, measure, measures
from explorer.types import Split


def grey(levels: list[list[int]]) -> Image.Image:
    return Image.fromarray(np.array(levels, dtype=np.uint8))


def test_two_pixels_by_hand():
    # Laplacians with the edge repeated: 255 - 0 and 0 - 255, so 1 and -1, whose deviation is 1.
    assert measure(grey([[0, 255]])).tolist() == [2, 1, 0.5, 1]


def test_a_line_by_hand():
    # Levels 0, 1, 0: Laplacians 1, -2, 1; their mean is 0, their mean square 2.
    found = measure(grey([[0, 255, 0]]))
    assert found == pytest.approx([3, 1, 1 / 3, 2**0.5])


@pytest.fixture(scope="module")
def noise() -> Image.Image:
    levels = np.random.default_rng(0).integers(256, size=(40, 60, 3), dtype=np.uint8)
    return Image.fromarray(levels)


def test_a_turned_image_is_as_bright_and_sharp(noise):
    turned = measure(noise.transpose(Image.Transpose.ROTATE_90))
    width, height, *rest = measure(noise)
    assert turned == pytest.approx([height, width, *rest], rel=1e-5)


def test_blur_takes_sharpness_and_leaves_brightness(noise):
    blurred = [measure(noise.filter(ImageFilter.GaussianBlur(r))) for r in (0, 1, 2, 4)]
    sharpness = [each[3] for each in blurred]
    assert sharpness == sorted(sharpness, reverse=True)
    assert sharpness[-1] < sharpness[0] / 10
    assert [each[2] for each in blurred] == pytest.approx([blurred[0][2]] * 4, abs=0.01)


def test_large_images_are_measured_as_small_ones_of_their_picture(noise):
    small = noise.resize((LOOKED_AT, LOOKED_AT), Image.Resampling.BICUBIC)
    large = small.resize((4 * LOOKED_AT, 4 * LOOKED_AT), Image.Resampling.NEAREST)
    assert measure(large)[:2].tolist() == [4 * LOOKED_AT, 4 * LOOKED_AT]
    # Making it smaller blurs a little; measured as it is, it would be a quarter as sharp.
    assert measure(large)[2:] == pytest.approx(measure(small)[2:], rel=0.1)


def test_images_that_cannot_be_read_are_left_out(store):
    def opened(number: int) -> Image.Image:
        if number == 3:
            raise BadDataError("3.png cannot be read.")
        return Image.new("L", (10 + number, 5), 51 * number)

    split = Split(image_names=[*"012345"], open_image=opened, fingerprint="six")
    found = store.fetch(measures(split))
    assert found.number.tolist() == [0, 1, 2, 4, 5]
    assert found.width.tolist() == [10, 11, 12, 14, 15]
    assert found.height.tolist() == [5] * 5
    assert found.brightness == pytest.approx(np.array([0, 1, 2, 4, 5]) / 5)
    assert found.sharpness.tolist() == [0] * 5


def test_other_images_are_measured_anew():
    def key(fingerprint: str) -> str:
        split = Split(image_names=["0"], open_image=lambda i: 1 / 0, fingerprint=fingerprint)
        return measures(split).key

    assert key("a") == key("a") != key("b")
