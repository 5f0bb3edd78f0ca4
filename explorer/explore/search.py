"""Finds rows of a prepared dataset; a row is one caption with its image."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from explorer.core.geometry import row_lengths
from explorer.explore.dataset import Prepared
from explorer.explore.points import Place

_LOOKED_AT = 5
"""Captions that are looked at for each that is shown: people describe images alike."""


class Found(NamedTuple):
    """What a search found, best first."""

    rows: np.ndarray  # (r,) int, every row that was found
    shown: np.ndarray  # (s,) int, one row for each result
    similarity: np.ndarray  # (s,) by which the results are ranked


def find_images(prepared: Prepared, query: np.ndarray, n: int, but: int | None = None) -> Found:
    """The n images most like a query (D,), by the cosine of embeddings; image `but` aside.

    Of the captions of an image the one most like the query is shown.
    """
    nearest = [each for each in prepared.nearest_images(query, n + 1) if each[0] != but][:n]
    rows = [prepared.captions_of(i) for i, _ in nearest]
    return Found(
        rows=np.array([row for own in rows for row in own], dtype=np.int64),
        shown=np.array([_nearest_of(prepared, own, query) for own in rows], dtype=np.int64),
        similarity=np.array([cosine for _, cosine in nearest]),
    )


def _nearest_of(prepared: Prepared, rows: range, query: np.ndarray) -> int:
    captions = prepared.caption[rows.start : rows.stop]
    lengths = np.maximum(row_lengths(captions), 1e-12)
    return rows[int(np.argmax(captions @ query / lengths))]


def find_captions(prepared: Prepared, query: np.ndarray, n: int, but: str = "") -> Found:
    """The n captions most like a query (D,), by cosine, each text once; the text `but` aside."""
    nearest: dict[str, tuple[int, float]] = {}
    for m, cosine in prepared.nearest_captions(query, _LOOKED_AT * n):
        nearest.setdefault(prepared.captions[m], (m, cosine))
    nearest.pop(but, None)
    best = list(nearest.values())[:n]
    rows = np.array([m for m, _ in best], dtype=np.int64)
    return Found(rows, rows, np.array([cosine for _, cosine in best]))


def find_neighbours(prepared: Prepared, place: Place, n: int) -> dict[str, Found]:
    """The n "images" and n "captions" nearest to an item, which is not among them."""
    image, caption = place
    if caption is None:
        query = prepared.image[image]
        images = find_images(prepared, query, n, but=image)
        return {"images": images, "captions": find_captions(prepared, query, n)}
    query, text = prepared.caption[caption], prepared.captions[caption]
    captions = find_captions(prepared, query, n, but=text)
    return {"images": find_images(prepared, query, n), "captions": captions}


def unknown_words(prepared: Prepared, query: str) -> list[str]:
    """The words of a query that stand in no caption: an encoder may never have seen them."""
    words = dict.fromkeys(re.findall(r"\w+", query.casefold()))
    for caption in prepared.captions:
        if not words:
            break
        text = caption.casefold()
        words = {word: None for word in words if word not in text}
    return list(words)


def find_classes(classes: Sequence[str], query: str) -> list[str]:
    """The classes that a query names, in any case: the one called so, else all with its words.

    Examples:
        >>> find_classes(["oak_tree", "maple_tree", "Oak"], "oak")
        ['Oak']
        >>> find_classes(["oak_tree", "maple_tree", "Oak"], "tree")
        ['oak_tree', 'maple_tree']
    """
    name = query.strip().casefold()
    if same := [each for each in classes if each.casefold() == name]:
        return same
    wanted = _words_of(name)
    return [each for each in classes if wanted and wanted <= _words_of(each.casefold())]


def _words_of(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", text))


def find_rows_of_classes(prepared: Prepared, classes: Sequence[str]) -> Found:
    """Rows of labelled data whose class is one of `classes`; those that agree most come first."""
    return _by_agreement(prepared, map(set(classes).__contains__, prepared.captions))


def find_text(prepared: Prepared, text: str) -> Found:
    """Rows whose caption contains a text, in any case; the pairs that agree most come first."""
    wanted = text.casefold()
    return _by_agreement(prepared, (wanted in each.casefold() for each in prepared.captions))


def _by_agreement(prepared: Prepared, is_found: Iterable[bool]) -> Found:
    rows = np.flatnonzero(np.fromiter(is_found, bool, prepared.n_captions))
    rows = rows[np.argsort(-prepared.similarity[rows], kind="stable")]
    return Found(rows, rows, prepared.similarity[rows])
