"""How large images of classes are seen unless somebody asks for another size."""

import numpy as np
import pytest
from PIL import Image

from explorer.config import NetworkConfig
from explorer.errors import BadDataError, ConfigError
from explorer.runs.config import RunConfig, fitted
from explorer.types import Dataset, Labelled


def split(*sides: int) -> Labelled:
    """Images whose shorter sides are given; 0 is one that cannot be read."""

    def opened(i: int) -> Image.Image:
        if not sides[i]:
            raise BadDataError("broken")
        return Image.new("RGB", (sides[i] + 5, sides[i]))

    names = [str(i) for i in range(len(sides))]
    labels = np.arange(len(sides)) % 2
    return Labelled(
        labels=labels, classes=["a", "b"], image_names=names, open_image=opened, fingerprint="f"
    )


@pytest.mark.parametrize(
    ("sides", "expected"), [([28] * 5, 28), ([3, 4, 5], 8), ([300] * 20, 32), ([0, 28, 0], 28)]
)
def test_it_is_that_of_most_images_between_8_and_32(sides, expected):
    assert split(*sides).side == expected


def test_where_no_image_can_be_read_it_is_the_largest():
    assert split(0, 0).side == 32


def test_a_run_takes_it_unless_another_was_asked_for():
    dataset = Dataset(name="some", found="", splits={"train": split(28, 28)})
    run = RunConfig(data="x", task="classification")
    found = fitted(run, dataset)
    assert found.settings.image_size == found.evaluation.image_size == 28
    assert fitted(found, dataset) == found


def test_a_size_too_small_to_learn_is_refused():
    with pytest.raises(ConfigError, match="image_size must be 0 or at least 8, got 3"):
        NetworkConfig(image_size=3)


def test_images_of_one_pixel_are_refused_and_a_few_among_others_are_not():
    with pytest.raises(BadDataError, match="one pixel wide or high"):
        _ = split(1, 1, 28).side
    assert split(1, 28, 28).side == 28
