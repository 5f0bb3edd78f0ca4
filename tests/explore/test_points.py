from types import SimpleNamespace

import numpy as np
import pytest

from explorer.errors import UnknownNameError
from explorer.explore import points
from explorer.types import Prototypes

NAN = np.nan


@pytest.fixture
def tiny() -> SimpleNamespace:
    """Five captions of three images; row 3 was dropped, caption cluster 2 became no prototype."""
    nothing = np.zeros((2, 4), dtype=np.float32)
    return SimpleNamespace(
        prototypes=Prototypes(
            image=nothing,
            caption=nothing,
            n_shared=np.array([1, 0]),
            image_cluster=np.array([0, 0, 1, -1, 1]),
            caption_cluster=np.array([1, 0, 0, -1, 2]),
            image_label=np.array([1, 0]),
            caption_label=np.array([0, 1]),
            kept=np.array([0, 1, 2, 4]),
        ),
        n_images=3,
        n_captions=5,
        prototype_of_image=np.array([1, 0, -1]),
        image_of_caption=np.array([0, 0, 1, 2, 2]),
        similarity=np.array([0.2, 0.4, 0.5, -0.1, 0.3]),
        is_kept=np.array([True, True, True, False, False]),
        n_words=np.array([3, 4, 7, 2, 2]),
    )


def test_a_caption_belongs_to_the_prototype_that_its_own_cluster_became(tiny):
    assert points.owners(tiny, "caption").tolist() == [1, 0, 0, -1, -1]


def test_an_image_belongs_to_the_prototype_that_its_image_cluster_became(tiny):
    assert points.owners(tiny, "image").tolist() == [1, 0, -1]


@pytest.mark.parametrize(
    ("name", "of_image", "of_caption"),
    [
        ("similarity", [0.3, 0.5, 0.1], [0.2, 0.4, 0.5, -0.1, 0.3]),
        ("kept", [1, 1, 0], [1, 1, 1, 0, 0]),
        ("size", [2, 2, NAN], [1, 2, 2, NAN, NAN]),
        ("words", [3.5, 7, 2], [3, 4, 7, 2, 2]),
    ],
)
def test_every_point_has_its_number_and_an_image_the_mean_of_its_captions(
    tiny, name, of_image, of_caption
):
    for space, expected in [
        ("image", of_image),
        ("caption", of_caption),
        ("both", of_image + of_caption),
    ]:
        found = points.values(tiny, space, name)
        assert found.dtype == np.float32
        assert found == pytest.approx(np.array(expected), nan_ok=True)


def test_an_image_without_captions_has_no_mean(tiny):
    tiny.n_images = 4
    assert np.isnan(points.values(tiny, "image", "words")[3])


def test_unknown_values_are_explained(tiny):
    with pytest.raises(UnknownNameError, match=r"No values 'age'\. Choose one of: similarity"):
        points.values(tiny, "image", "age")


def test_both_spaces_together_are_the_images_and_then_the_captions(tiny):
    places = [points.place(tiny, "both", i) for i in range(8)]
    assert places[:3] == [(0, None), (1, None), (2, None)]
    assert places[3:] == [(0, 0), (0, 1), (1, 2), (2, 3), (2, 4)]
    assert points.place(tiny, "caption", 2) == (1, 2)


@pytest.mark.parametrize(("space", "i"), [("image", 3), ("caption", 5), ("both", 8), ("both", -1)])
def test_there_is_nothing_beyond_the_points(tiny, space, i):
    with pytest.raises(IndexError):
        points.place(tiny, space, i)


def test_the_captions_of_each_image_begin_where_they_do(tiny):
    assert points.first_captions(tiny).tolist() == [0, 2, 3, 5]
