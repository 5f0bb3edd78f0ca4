"""Whitening equals the recorded ones, and is undone."""

import numpy as np

from explorer.core.whitening import second_moments, whitening_of
from tests.recorded import read, recorded


def moments(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    rows = rows.astype(np.float64)
    return rows.sum(axis=0), rows.T @ rows


@recorded("img_zca")
def test_images_are_whitened_as_recorded(case):
    arrays = read(case)
    rows, others = (arrays[name].reshape(len(arrays[name]), -1) for name in ("x", "test"))
    zca = whitening_of(len(rows), *moments(rows), is_regularised=False)
    np.testing.assert_allclose(zca.mean, arrays["mean"][0], atol=1e-6)
    np.testing.assert_allclose(zca.transform, arrays["transform"], atol=1e-4)
    white = (others - zca.mean) @ zca.transform
    np.testing.assert_allclose(white, arrays["out_test"].reshape(white.shape), atol=1e-4)
    own = (rows - zca.mean) @ zca.transform
    np.testing.assert_allclose(own, arrays["out_x"].reshape(own.shape), atol=1e-4)
    back = white @ zca.inverse + zca.mean
    np.testing.assert_allclose(back, arrays["inverse"].reshape(white.shape), atol=1e-4)


@recorded("img_rfad")
def test_the_regularised_matrix_is_the_recorded_one(case):
    arrays = read(case)
    rows = arrays["zca__x"].reshape(len(arrays["zca__x"]), -1)
    zca = whitening_of(len(rows), *moments(rows), is_regularised=True)
    np.testing.assert_allclose(zca.transform, arrays["zca__matrix"], rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(
        rows @ zca.transform, arrays["zca__out"].reshape(rows.shape), rtol=1e-3, atol=1e-4
    )


def test_levels_are_added_up_exactly_enough():
    rows = np.random.default_rng(0).integers(256, size=(50, 12)).astype(np.uint8)
    total, products = second_moments(rows)
    np.testing.assert_allclose(total, (rows / 255).sum(axis=0), rtol=1e-6)
    np.testing.assert_allclose(products, (rows / 255).T @ (rows / 255), rtol=1e-5)


def test_whitened_rows_have_nearly_no_common_variance():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(400, 6)) @ rng.normal(size=(6, 6)) * 10
    zca = whitening_of(len(rows), *moments(rows), is_regularised=False)
    found = np.cov((rows - zca.mean) @ zca.transform, rowvar=False)
    np.testing.assert_allclose(found, np.eye(6), atol=0.1)
