import numpy as np
import pytest

from explorer.core.geometry import (
    blend,
    check_paired,
    check_rows,
    cosine_rows,
    mean_rows,
    unit_rows,
)
from explorer.errors import BadDataError


def test_hand_worked_lengths_and_cosines():
    a = np.array([[3.0, 4.0], [1.0, 0.0], [0.0, 0.0]], dtype=np.float32)
    b = np.array([[4.0, 3.0], [-2.0, 0.0], [1.0, 1.0]], dtype=np.float32)
    assert unit_rows(a) == pytest.approx(np.array([[0.6, 0.8], [1.0, 0.0], [0.0, 0.0]]))
    assert cosine_rows(a, b) == pytest.approx([24 / 25, -1.0, 0.0])


@pytest.mark.parametrize("scale", [1e-30, 1e-3, 1.0, 1e15])
def test_scale_does_not_change_unit_rows_and_cosines(scale, paired_rows):
    image, caption = paired_rows(50)
    image /= np.abs(image).max()
    scaled = (image * scale).astype(np.float32)
    assert unit_rows(scaled) == pytest.approx(unit_rows(image), rel=1e-5, abs=1e-7)
    assert cosine_rows(scaled, caption) == pytest.approx(cosine_rows(image, caption), abs=1e-6)


def test_the_cosine_of_equal_rows_is_never_above_one(paired_rows):
    image, _ = paired_rows(1000, dim=300)
    assert cosine_rows(image, image).max() <= 1


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int64])
def test_every_number_type_gives_float32(dtype):
    rows = np.array([[3, 4], [6, 8]]).astype(dtype)
    assert unit_rows(rows).dtype == cosine_rows(rows, rows).dtype == np.float32
    assert unit_rows(rows) == pytest.approx(np.array([[0.6, 0.8], [0.6, 0.8]]))


def test_mean_rows_equals_its_definition(paired_rows):
    rows, _ = paired_rows(200)
    group = np.random.default_rng(1).integers(-1, 5, size=200)
    means = mean_rows(rows, group, 7)
    for each in range(5):
        assert means[each] == pytest.approx(rows[group == each].mean(axis=0), rel=1e-5)
    assert not means[5:].any()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e20])
def test_a_number_that_cannot_be_calculated_with_is_named_by_its_row(bad):
    rows = np.zeros((9000, 2), dtype=np.float32)
    rows[8500, 1] = bad
    with pytest.raises(BadDataError, match=r"caption embeddings .* row 8500 is not"):
        check_rows("caption embeddings", rows)


@pytest.mark.parametrize("shape", [(3,), (3, 0), (3, 2, 2)])
def test_what_is_no_table_is_an_error(shape):
    with pytest.raises(BadDataError, match="table of numbers"):
        check_rows("rows", np.zeros(shape))


def test_sides_of_different_shape_are_an_error():
    with pytest.raises(BadDataError, match=r"\(3, 2\) .* \(3, 4\) must have the same shape"):
        check_paired("images", np.zeros((3, 2)), "captions", np.zeros((3, 4)))


def test_a_blend_turns_evenly_and_its_length_changes_evenly():
    a, b = np.array([2.0, 0.0]), np.array([0.0, 4.0])
    third = blend(a, b, 1 / 3)  # 30 degrees, and a third of the way from length 2 to 4
    np.testing.assert_allclose(third, [8 / 3 * 3**0.5 / 2, 8 / 3 / 2], rtol=1e-6)
    np.testing.assert_allclose(blend(a, b, 0), a, rtol=1e-6)
    np.testing.assert_allclose(blend(a, b, 1), b, rtol=1e-6)


@pytest.mark.parametrize(
    "b", [[2.0, 0.0], [-3.0, 0.0], [0.0, 0.0]], ids=["same", "opposite", "zero"]
)
def test_where_nothing_can_turn_a_blend_goes_straight(b):
    middle = blend(np.array([1.0, 0.0]), np.array(b), 0.5)
    assert middle.tolist() == [(1 + b[0]) / 2, 0]
