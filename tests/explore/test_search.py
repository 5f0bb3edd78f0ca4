from types import SimpleNamespace

import numpy as np
import pytest

from explorer.explore.points import Place
from explorer.explore.search import (
    find_captions,
    find_classes,
    find_images,
    find_neighbours,
    find_rows_of_classes,
    find_text,
    unknown_words,
)
from tests.explore.random_prepared import make_prepared


def test_images_come_in_the_order_of_their_cosine_with_all_their_rows():
    prepared = make_prepared(n_images=20, n_prototypes=3)
    query = prepared.image[4] * 7
    found = find_images(prepared, query, 5)
    unit = prepared.image / np.linalg.norm(prepared.image, axis=1, keepdims=True)
    cosine = unit @ unit[4]
    best = np.argsort(-cosine)[:5]
    assert best[0] == 4
    assert prepared.image_of_caption[found.shown].tolist() == best.tolist()
    assert found.similarity == pytest.approx(cosine[best], abs=1e-5)
    assert found.rows.tolist() == [row for i in best for row in (2 * i, 2 * i + 1)]


def test_of_the_captions_of_an_image_that_is_found_the_nearest_is_shown():
    prepared = make_prepared(n_images=20, n_prototypes=3)
    query = prepared.image[4]
    close = cosines(prepared.caption, query)
    for row in find_images(prepared, query, 5).shown:
        first = row - row % 2  # each has two
        assert close[row] == max(close[first : first + 2])


def test_words_of_a_query_that_no_caption_has_are_told_once_each():
    prepared = SimpleNamespace(captions=["A red Boat", "two houses"])
    assert unknown_words(prepared, "Two red, red boats; a ship: SHIP") == ["boats", "ship"]


def cosines(rows, query):
    return rows @ query / np.linalg.norm(rows, axis=1) / np.linalg.norm(query)


def test_captions_come_in_the_order_of_their_cosine_each_text_once():
    prepared = make_prepared(n_images=20, n_prototypes=3)
    query = prepared.caption[9]
    found = find_captions(prepared, query, 4)
    best: dict[str, int] = {}
    for m in np.argsort(-cosines(prepared.caption, query), kind="stable"):
        best.setdefault(prepared.captions[m], int(m))
    assert found.rows.tolist() == found.shown.tolist() == list(best.values())[:4]
    assert found.similarity == pytest.approx(
        cosines(prepared.caption, query)[found.shown], abs=1e-5
    )


def test_the_neighbours_of_an_image_are_others_and_the_captions_nearest_to_it():
    prepared = make_prepared(n_images=20, n_prototypes=3)
    found = find_neighbours(prepared, Place(4, None), 5)
    best = np.argsort(-cosines(prepared.image, prepared.image[4]))
    shown = prepared.image_of_caption[found["images"].shown]
    assert best[0] == 4
    assert shown.tolist() == best[1:6].tolist()
    nearest = find_captions(prepared, prepared.image[4], 5)
    assert found["captions"].rows.tolist() == nearest.rows.tolist()


def test_the_neighbours_of_a_caption_say_something_else():
    prepared = make_prepared(n_images=20, n_prototypes=3)
    found = find_neighbours(prepared, Place(4, 9), 5)
    texts = [prepared.captions[m] for m in found["captions"].shown]
    assert prepared.captions[9] not in texts
    assert len(set(texts)) == len(texts) > 0
    nearest = find_images(prepared, prepared.caption[9], 5)
    assert found["images"].shown.tolist() == nearest.shown.tolist()


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


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("0", ["0"]),
        ("OAK", ["Oak"]),
        ("tree", ["oak_tree", "maple tree"]),
        ("oak tree", ["oak_tree"]),
        ("ree", []),
        ("?!", []),
    ],
)
def test_a_class_is_named_by_its_name_or_by_words_of_it(query, named):
    assert find_classes(["0", "10", "oak_tree", "maple tree", "Oak"], query) == named


def test_rows_of_classes_are_those_called_so_and_agreeing_ones_come_first():
    similarity = np.array([0.1, 0.9, 0.4, 0.2])
    prepared = SimpleNamespace(captions=["0", "10", "0", "7"], n_captions=4, similarity=similarity)
    found = find_rows_of_classes(prepared, ["0", "7"])
    assert found.rows.tolist() == found.shown.tolist() == [2, 3, 0]
    assert found.similarity.tolist() == [0.4, 0.2, 0.1]
