"""What travels between layers, by small cases."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from explorer.errors import BadDataError, ConfigError
from explorer.types import Column, Dataset, Labelled, Pairs, Recall, Stored


def labelled(*sizes: tuple[int, int], **more) -> Labelled:
    """Images of these sizes, of the classes cat and dog in turn; a size of 0 cannot be read."""

    def open_image(i: int) -> Image.Image:
        if 0 in sizes[i]:
            raise BadDataError("It is damaged.")
        return Image.new("RGB", sizes[i])

    return Labelled(
        image_names=[f"{i}.png" for i in range(len(sizes))],
        open_image=open_image,
        fingerprint="f",
        labels=np.arange(len(sizes)) % 2,
        classes=("cat", "dog"),
        **more,
    )


def dataset(train) -> Dataset:
    return Dataset(name="Mine", found="One split.", splits={"train": train})


@pytest.mark.parametrize(
    ("sizes", "side"),
    [
        ([(28, 28)] * 3, 28),
        ([(40, 20)] * 3, 20),  # the shorter side
        ([(640, 480)] * 3, 32),
        ([(4, 4)] * 3, 8),
        ([(0, 0), (16, 16), (16, 16)], 16),  # one cannot be read
        ([(0, 0)], 32),
        ([(1, 9), (16, 16), (16, 16)], 16),  # most count
    ],
)
def test_images_are_seen_with_a_side_that_suits_most_of_them(sizes, side):
    assert labelled(*sizes).side == side


def test_images_are_seen_in_one_channel_where_all_that_are_looked_at_are_grey():
    grey, coloured = (Image.new("RGB", (8, 8), colour) for colour in ("#777777", "#777776"))
    for images, channels in (([grey], 1), ([grey, coloured], 3), ([grey.convert("L")], 1)):
        data = replace(labelled(*[(8, 8)] * len(images)), open_image=images.__getitem__)
        assert data.channels == channels
    assert labelled((0, 0)).channels == 3  # nobody knows


def test_images_of_one_pixel_are_refused():
    with pytest.raises(BadDataError, match="one pixel wide or high"):
        _ = labelled((1, 9), (9, 1)).side


def test_classes_are_explored_with_their_names_as_captions():
    own = labelled((8, 8), (8, 8), (8, 8), same_images="other")
    captioned = dataset(own).captioned()
    assert isinstance(captioned, Pairs)
    assert list(captioned.captions) == ["cat", "dog", "cat"]
    assert captioned.image_of_caption.tolist() == [0, 1, 2]
    assert (captioned.n_images, captioned.n_captions, captioned.same_images) == (3, 3, "other")
    assert captioned.fingerprint != own.fingerprint  # their embeddings are kept apart


def test_data_of_the_other_kind_are_refused_by_name():
    own = dataset(labelled((8, 8)))
    assert (own.is_labelled, own.n_classes) == (True, 2)
    with pytest.raises(ConfigError, match="Mine has no captions"):
        own.pairs()
    pairs = dataset(own.captioned())
    assert (pairs.is_labelled, pairs.n_classes) == (False, 0)
    with pytest.raises(ConfigError, match="Mine has no classes"):
        pairs.labelled()


def test_a_column_of_lists_is_as_long_as_there_are_lists_and_its_digest_tells_them_apart():
    values = np.array([0, 1, 1])
    one = Column("image", "list", values, ("a", "b"), starts=np.array([0, 2, 3]))
    other = Column("image", "list", values, ("a", "b"), starts=np.array([0, 1, 3]))
    renamed = Column("image", "list", values, ("ab", ""), starts=np.array([0, 2, 3]))
    words = Column("image", "words", values, ("a", "b"))
    assert (len(one), len(words)) == (2, 3)
    assert len({each.digest for each in (one, other, renamed, words)}) == 4


def test_equal_files_have_equal_digests_of_64_bits():
    stored = Stored(lambda i: 3, [b"one", b"two", b"one"].__getitem__, is_file=True)
    first, second, third = map(stored.digest, range(3))
    assert first == third != second
    assert 0 <= first < 2**64


def test_mean_recall_is_that_of_both_directions_and_every_k():
    assert Recall({1: 10.0, 5: 20.0}, {1: 30.0, 5: 60.0}).mean == 30.0
