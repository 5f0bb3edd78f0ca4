from types import SimpleNamespace

import numpy as np
import pytest

from explorer.explore.quality import MOST, near_duplicates, pairs_alike, worst_pairs
from explorer.store.store import Store


def with_images(image: np.ndarray) -> SimpleNamespace:
    return SimpleNamespace(image=image.astype(np.float32), n_images=len(image), embed_key="e")


def test_the_pairs_that_fit_least_come_first():
    similarity = np.random.default_rng(0).permutation(200) / 200
    worst = worst_pairs(SimpleNamespace(similarity=similarity))
    assert worst.tolist() == np.argsort(similarity)[:MOST].tolist()
    assert (
        worst_pairs(SimpleNamespace(similarity=similarity[:3])).tolist()
        == np.argsort(similarity[:3]).tolist()
    )


def test_copies_are_found_once_each_and_the_most_alike_first(tmp_path):
    image = np.eye(8)[[0, 1, 2, 3, 4, 5]]
    image = np.vstack([image, 3 * image[4], image[1] + 0.2 * image[0]])
    found = near_duplicates(Store(tmp_path), with_images(image))
    pairs = list(zip(found.first.tolist(), found.second.tolist(), strict=True))
    assert pairs == [(4, 6), (1, 7)]
    assert found.cosine == pytest.approx([1, 1 / 1.04**0.5], abs=1e-5)


def test_the_second_look_reads_what_the_first_found(tmp_path, monkeypatch):
    images = with_images(np.eye(4)[[0, 1, 1, 2]])
    first = near_duplicates(Store(tmp_path), images)
    monkeypatch.setattr("explorer.explore.quality.nearest_rows", lambda *_, **__: 1 / 0)
    assert near_duplicates(Store(tmp_path), images).first.tolist() == first.first.tolist() == [1]


def test_one_image_has_no_copy(tmp_path):
    assert len(near_duplicates(Store(tmp_path), with_images(np.eye(3)[:1])).first) == 0


def test_no_more_pairs_are_listed_than_somebody_looks_at():
    n = 4 * MOST
    found = pairs_alike(np.arange(n) ^ 1, np.ones(n, dtype=np.float32))
    assert len(found.first) == MOST
    assert (found.second == found.first + 1).all()
