from types import SimpleNamespace

import numpy as np
import pytest

from explorer.pipeline.search import find_pictures, find_text
from tests.pipeline.test_prepared import make_prepared


def test_pictures_come_in_the_order_of_their_cosine_with_all_their_rows():
    prepared = make_prepared(n_images=20, n_prototypes=3)
    query = prepared.image[4] * 7
    found = find_pictures(prepared, query, 5)
    unit = prepared.image / np.linalg.norm(prepared.image, axis=1, keepdims=True)
    cosine = unit @ unit[4]
    best = np.argsort(-cosine)[:5]
    assert best[0] == 4
    assert prepared.image_of_caption[found.shown].tolist() == best.tolist()
    assert found.similarity == pytest.approx(cosine[best], abs=1e-5)
    assert found.rows.tolist() == [row for i in best for row in (2 * i, 2 * i + 1)]


@pytest.fixture
def captions() -> SimpleNamespace:
    texts = ["A red boat", "a RED house", "ein Fluß", "blue"]
    similarity = np.array([0.1, 0.4, 0.2, 0.3])
    return SimpleNamespace(captions=texts, n_captions=4, similarity=similarity)


@pytest.mark.parametrize(
    ("text", "rows"), [("red", [1, 0]), ("FLUSS", [2]), ("e", [1, 3, 2, 0]), ("green", [])]
)
def test_a_text_is_found_in_any_case_and_the_pairs_that_agree_most_come_first(captions, text, rows):
    found = find_text(captions, text)
    assert found.rows.tolist() == found.shown.tolist() == rows
    assert found.similarity.tolist() == captions.similarity[rows].tolist()
