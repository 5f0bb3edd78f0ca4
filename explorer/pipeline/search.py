"""Finds rows of a prepared dataset; a row is one caption with its picture."""

from typing import NamedTuple

import numpy as np

from explorer.pipeline.prepared import Prepared


class Found(NamedTuple):
    """What a search found, best first."""

    rows: np.ndarray  # (r,) int, every row that was found
    shown: np.ndarray  # (s,) int, one row for each result
    similarity: np.ndarray  # (s,) by which the results are ranked


def find_pictures(prepared: Prepared, query: np.ndarray, n: int) -> Found:
    """The n pictures whose embeddings are most like a query (D,), by cosine."""
    nearest = prepared.nearest_pictures(query, n)
    rows = [prepared.captions_of(i) for i, _ in nearest]
    described = [own for own in rows if own]
    return Found(
        rows=np.array([row for own in described for row in own], dtype=np.int64),
        shown=np.array([own[0] for own in described], dtype=np.int64),
        similarity=np.array(
            [cosine for (_, cosine), own in zip(nearest, rows, strict=True) if own]
        ),
    )


def find_text(prepared: Prepared, text: str) -> Found:
    """Rows whose caption contains a text, in any case; the pairs that agree most come first."""
    wanted = text.casefold()
    has = (wanted in caption.casefold() for caption in prepared.captions)
    rows = np.flatnonzero(np.fromiter(has, bool, prepared.n_captions))
    rows = rows[np.argsort(-prepared.similarity[rows], kind="stable")]
    return Found(rows, rows, prepared.similarity[rows])
