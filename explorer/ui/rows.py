"""Rows that a visitor searched for or selected, as the page shows and exports them."""

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from explorer.errors import ConfigError
from explorer.pipeline.datasets.pictures import decode_picture
from explorer.pipeline.points import place
from explorer.pipeline.prepared import Prepared
from explorer.pipeline.search import Found, find_neighbours, find_pictures, find_text
from explorer.pipeline.subset import keep_subset
from explorer.ui import subsets
from explorer.ui.service import Service

SHOWN = 60
"""Results of a search, and rows that the page asks for at once."""
NEIGHBOURS = 24
"""Neighbours of an item, of each kind."""
MOST_BYTES = 64 << 20
"""Of a picture that somebody searches for."""
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


def search_picture(
    service: Service, prepared: Prepared, content: bytes, name: str
) -> dict[str, Any]:
    """Finds the pictures most like one that somebody gives, by what its file holds."""
    if len(content) > MOST_BYTES:
        raise ConfigError(f"The picture {name} is larger than {MOST_BYTES >> 20} MiB.")
    image = decode_picture(content, name)
    query = service.studio(prepared.config.bundle).embed_images([image])[0]
    return _answer(prepared, find_pictures(prepared, query, SHOWN))


def neighbours(prepared: Prepared, space: str, i: int) -> dict[str, Any]:
    """What is nearest to point i of a space, by cosine; IndexError where there is no such point."""
    item = place(prepared, space, i)
    found = find_neighbours(prepared, item, NEIGHBOURS)
    answers = {kind: _answer(prepared, each) for kind, each in found.items()}
    is_picture = item.caption is None
    for kind, answer in answers.items():
        for each in answer["results"]:
            each["is_picture"] = kind == "pictures"
            each["is_own"] = each["picture"] == item.picture
    row = prepared.captions_of(item.picture)[0] if item.caption is None else item.caption
    return {**answers, "item": {**_card(prepared, row), "is_picture": is_picture}}


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
        "prototype": int(prepared.number[prototype]) + 1 if prototype >= 0 else None,  # from 1
        "similarity": round(float(prepared.similarity[row]), 4),
    }


def read_rows(body: bytes) -> np.ndarray:
    """Rows as the page packs them: int32, little-endian."""
    if len(body) % 4:
        raise ConfigError("Rows must be whole numbers of four bytes each.")
    return np.frombuffer(body, dtype="<i4")


def keep(
    service: Service, prepared: Prepared, numbers: np.ndarray, leave_out: bool
) -> dict[str, Any]:
    """Keeps rows to be distilled alone, or all others; IndexError where there is no such row."""
    pairs, n_captions = prepared.dataset.splits["train"], prepared.n_captions
    subset = keep_subset(service.store, pairs, n_captions, numbers, leave_out=leave_out)
    return subsets.value_of(service, replace(prepared.config, subset=subset.key))


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
