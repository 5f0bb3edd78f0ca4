"""Rows that a visitor searched for or selected, as the page shows and exports them."""

import csv
import io
import json
from collections.abc import Iterable
from typing import Any

import numpy as np

from explorer.errors import ConfigError
from explorer.pipeline.prepared import Prepared
from explorer.pipeline.search import Found, find_pictures, find_text
from explorer.ui.service import Service

SHOWN = 60
"""Results of a search, and rows that the page asks for at once."""
EXPORTS = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


def search(service: Service, prepared: Prepared, by: str, query: str) -> dict[str, Any]:
    """Finds pictures by "words", through the encoder, or rows by a "text" in their captions."""
    query = query.strip()
    if not query:
        raise ConfigError("Say what to search for.")
    if by == "words":
        encoder = service.studio(prepared.config.bundle).encoder
        found = find_pictures(prepared, encoder.embed_captions([query])[0], SHOWN)
    elif by == "text":
        found = find_text(prepared, query)
    else:
        raise ConfigError(f"Search by words or by text, not by {by!r}.")
    return _answer(prepared, found)


def _answer(prepared: Prepared, found: Found) -> dict[str, Any]:
    results = cards(prepared, found.shown[:SHOWN])
    for each, similarity in zip(results, found.similarity, strict=False):
        each["similarity"] = round(float(similarity), 4)
    return {"n": len(found.shown), "rows": found.rows.tolist(), "results": results}


def cards(prepared: Prepared, rows: Iterable[int]) -> list[dict[str, Any]]:
    """What there is to say about each row; IndexError where there is none."""
    return [_card(prepared, int(row)) for row in rows]


def _card(prepared: Prepared, row: int) -> dict[str, Any]:
    if not 0 <= row < prepared.n_captions:
        raise IndexError(row)
    picture, prototype = int(prepared.image_of_caption[row]), prepared.prototype_of_caption[row]
    return {
        "row": row,
        "picture": picture,
        "file": prepared.names[picture],
        "caption": prepared.captions[row],
        "prototype": int(prototype) + 1 if prototype >= 0 else None,  # counted as on the page
        "similarity": round(float(prepared.similarity[row]), 4),
    }


def read_rows(body: bytes) -> np.ndarray:
    """Rows as the page packs them: int32, little-endian."""
    if len(body) % 4:
        raise ConfigError("Rows must be whole numbers of four bytes each.")
    return np.frombuffer(body, dtype="<i4")


def export(prepared: Prepared, rows: np.ndarray, kind: str) -> str:
    """The file, caption, prototype (from 1) and similarity of rows, as "csv" or "json"."""
    names = ("file", "caption", "prototype", "similarity")
    lines = [{name: card[name] for name in names} for card in cards(prepared, rows)]
    if kind == "json":
        return json.dumps(lines, ensure_ascii=False, indent=1)
    file = io.StringIO()
    writer = csv.DictWriter(file, names)
    writer.writeheader()
    writer.writerows(lines)
    return file.getvalue()
