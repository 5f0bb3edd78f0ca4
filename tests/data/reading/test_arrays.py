"""Images that are rows of arrays."""

import io

import numpy as np
import pytest
from PIL import Image

from explorer.data.reading.arrays import Stack, check_size, check_stack, reading_of
from explorer.errors import BadDataError


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "data.npz"
    file.touch()
    return file


def stack(path, image, label=None, **changed):
    label = np.arange(len(image)) if label is None else label
    return Stack(
        **{"split": "train", "path": path, "name": "d", **changed}, image=image, label=label
    )


def levels(*shape):
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


@pytest.mark.parametrize("shape", [(3, 5, 4), (3, 5, 4, 3)])
def test_an_image_is_opened_and_copied_as_it_stands_in_the_array(path, shape):
    image = levels(*shape)
    reading = reading_of([stack(path, image)])
    source = reading.source
    for row, each in enumerate(reading.records):
        expected = image[row] if image.ndim == 4 else np.repeat(image[row][..., None], 3, axis=2)
        opened = source.open(each.place)
        assert (opened.mode, np.array_equal(opened, expected)) == ("RGB", True)
        with Image.open(io.BytesIO(source.content(each.place))) as copied:
            assert np.array_equal(copied, image[row])
            assert copied.format == "PNG"


def test_stacks_of_one_split_follow_each_other_with_their_columns(path):
    one = stack(path, levels(2, 4, 4), np.array([1, 0]), columns={"coarse": ["x", "y"]})
    two = stack(path, levels(1, 4, 4), np.array([1]), name="e", split="test")
    reading = reading_of([one, two], classes=["a", "b"])
    found = list(reading.records)
    assert [(e.split, e.name, e.label) for e in found] == [
        ("train", "d/0", "1"),
        ("train", "d/1", "0"),
        ("test", "e/0", "1"),
    ]
    assert [dict(e.columns) for e in found] == [{"coarse": "x"}, {"coarse": "y"}, {}]
    assert (reading.files, reading.classes) == ([path], ["a", "b"])


def test_an_image_is_another_one_in_another_row_or_when_its_file_changed(path):
    def stamps():
        reading = reading_of([stack(path, levels(3, 4, 4))])
        return [reading.source.stamp(each.place) for each in reading.records]

    before = stamps()
    assert stamps() == before
    path.write_bytes(b"more")
    assert len({*before, *stamps()}) == 6


def test_equal_images_have_an_equal_length_and_others_hardly(path):
    image = levels(3, 8, 8)
    image[2] = image[0]
    reading = reading_of([stack(path, image)])
    first, second, third = (reading.source.length(each.place) for each in reading.records)
    assert first == third != second


@pytest.mark.parametrize(
    ("image", "why"),
    [
        (np.zeros((2, 4, 4)), "2 x 4 x 4 float64"),
        (levels(2, 4), "2 x 4 uint8"),
        (levels(2, 4, 4, 4), "2 x 4 x 4 x 4 uint8"),
        (levels(2, 3, 4, 4)[..., :1], "2 x 3 x 4 x 1 uint8"),
        (levels(0, 4, 4), "has no images"),
    ],
)
def test_what_is_no_stack_of_images_is_refused(path, image, why):
    with pytest.raises(BadDataError, match=why):
        check_stack(stack(path, image))


@pytest.mark.parametrize("label", [np.arange(3), np.zeros((2, 2), int), np.zeros((), int)])
def test_each_image_has_one_label(path, label):
    with pytest.raises(BadDataError, match="2 images and labels of the shape"):
        reading_of([stack(path, levels(2, 4, 4), label)])


@pytest.mark.parametrize(
    ("shape", "itemsize", "fits"),
    [
        ((60_000, 28, 28), 1, True),
        ((1, 4096, 4096, 3), 1, True),
        ((1, 4097, 1), 1, False),
        ((1, 1, 4097), 1, False),
        ((2**31, 1, 1), 1, True),
        ((2**31, 1, 1), 2, False),
        ((2**31 + 1, 1, 1), 1, False),
        ((-1, 4, 4), 1, False),
        ((), 1, True),
    ],
)
def test_an_array_is_refused_by_the_size_that_it_claims(path, shape, itemsize, fits):
    if fits:
        check_size(path, shape, itemsize)
        return
    with pytest.raises(BadDataError, match="says that it holds an array"):
        check_size(path, shape, itemsize)


@pytest.mark.parametrize("labels", [[1, 2, 3], [0, 1, 2]])
def test_labels_may_count_their_classes_from_1(path, labels):
    reading = reading_of([stack(path, levels(3, 4, 4), np.array(labels))], ["a", "b", "c"])
    assert [each.label for each in reading.records] == ["0", "1", "2"]
    assert bool(reading.notes) == (labels[0] == 1)
