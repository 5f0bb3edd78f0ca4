import numpy as np
from PIL import Image

from explorer.steps.pixels import channel_statistics, n_coloured, pixels
from explorer.store.store import Store
from explorer.types import Split


def a_split(images: list[Image.Image]) -> Split:
    return Split(
        image_names=[str(i) for i in range(len(images))],
        open_image=images.__getitem__,
        fingerprint="images",
    )


def test_the_middle_of_a_wide_image_is_cut_out(tmp_path):
    wide = Image.new("RGB", (12, 4), "red")
    wide.paste(Image.new("RGB", (4, 4), "blue"), (4, 0))
    found = Store(tmp_path).fetch(pixels(a_split([wide]), 4, "train"))
    assert found.image.shape == (1, 3, 4, 4)
    assert (found.image[0, 2, 1:3, 1:3] == 255).all()
    assert (found.image[0, 0, 1:3, 1:3] == 0).all()


def test_images_of_the_right_size_stay_as_they_are(tmp_path):
    levels = np.random.default_rng(0).integers(256, size=(5, 8, 8, 3), dtype=np.uint8)
    images = [Image.fromarray(each) for each in levels]
    found = Store(tmp_path).fetch(pixels(a_split(images), 8, "train"))
    assert np.array_equal(found.image, levels.transpose(0, 3, 1, 2))
    assert found.number.tolist() == [0, 1, 2, 3, 4]


def test_grey_images_are_seen_in_one_channel_and_stay_where_they_lie(tmp_path):
    levels = np.random.default_rng(0).integers(256, size=(5, 8, 8), dtype=np.uint8)
    images = [Image.fromarray(each) for each in levels]
    found = Store(tmp_path).fetch(pixels(a_split(images), 8, "train"))
    seen = found.seen_in(1)
    assert np.array_equal(seen.image[:, 0], levels)
    assert np.shares_memory(seen.image, found.image)
    assert (seen.mean, seen.std) == (found.mean[:1], found.std[:1])
    assert found.seen_in(3) is found


def test_of_colours_one_channel_has_how_light_they_are(tmp_path):
    colours = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (9, 9, 9)]
    images = [Image.new("RGB", (4, 4), colour) for colour in colours]
    found = Store(tmp_path).fetch(pixels(a_split(images), 4, "train"))
    seen = found.seen_in(1)
    assert seen.image.shape == (4, 1, 4, 4)
    assert seen.image[:, 0, 0, 0].tolist() == [76, 150, 29, 9]  # 0.299, 0.587 and 0.114 of 255
    np.testing.assert_allclose(seen.mean, [66 / 255], rtol=1e-6)
    assert n_coloured(found.image) == 3


def test_statistics_do_not_depend_on_the_block_and_are_those_of_numpy():
    image = np.random.default_rng(0).integers(256, size=(7, 3, 4, 4), dtype=np.uint8)
    mean, std = channel_statistics(image)
    np.testing.assert_allclose(mean, image.mean(axis=(0, 2, 3)) / 255, rtol=1e-6)
    np.testing.assert_allclose(std, image.std(axis=(0, 2, 3)) / 255, rtol=1e-6)
    assert np.array_equal(channel_statistics(image, block=2)[1], std)


def test_a_channel_that_never_changes_can_be_divided_by():
    image = np.full((2, 3, 4, 4), 9, dtype=np.uint8)
    assert channel_statistics(image)[1].tolist() == [1, 1, 1]
