"""Rows that a visitor searched for or selected, as the page shows and exports them."""

import csv
import io
import json
from collections.abc import Iterable
from typing import cast

import numpy as np

from explorer.errors import ConfigError
from explorer.explore.dataset import Prepared
from explorer.explore.points import place
from explorer.explore.search import (
    Found,
    find_classes,
    find_images,
    find_neighbours,
    find_rows_of_classes,
    find_text,
    unknown_words,
)
from explorer.explore.tags import read_tags
from explorer.sets.others import defused
from explorer.steps.subset import keep_subset
from explorer.ui import wire
from explorer.ui.forms import subsets
from explorer.ui.given_image import read_given
from explorer.ui.service import Service

SHOWN = 60
"""Results of a search, and rows that the page asks for at once."""
NEIGHBOURS = 24
"""Neighbours of an item, of each kind."""
LONGEST_QUERY = 1000
"""Characters of what somebody searches for."""
EXPORTS = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


def search(service: Service, prepared: Prepared, by: str, query: str) -> wire.Found:
    """Finds images by "words", through the encoder, or rows by a "text" in their captions.

    Words that name classes of labelled data give these: of digits an encoder knows no more than
    that they are texts.
    """
    query = query.strip()
    if not query:
        raise ConfigError("Say what to search for.")
    if len(query) > LONGEST_QUERY:
        raise ConfigError(f"A search has at most {LONGEST_QUERY:,} characters, not {len(query):,}.")
    classes = find_classes(prepared.classes, query) if by == "words" else []
    if classes:
        found = find_rows_of_classes(prepared, classes)
    elif by == "words":
        asked = service.studio(prepared.config.bundle).embed_captions([query])[0]
        found = find_images(prepared, asked, SHOWN)
        answer = _among(prepared.n_images, _answer(prepared, found))
        unknown = [] if prepared.classes else unknown_words(prepared, query)
        return {**answer, "unknown": unknown}
    elif by == "text":
        found = find_text(prepared, query)
    else:
        raise ConfigError(f"Search by words or by text, not by {by!r}.")
    answer = _among(len(found.shown), _answer(prepared, found))
    return {**answer, "classes": classes}


def search_image(service: Service, prepared: Prepared, content: bytes, name: str) -> wire.Found:
    """Finds the images most like one that somebody gives, by what its file holds."""
    image = read_given(content, name)
    query = service.studio(prepared.config.bundle).embed_images([image])[0]
    return _among(prepared.n_images, _answer(prepared, find_images(prepared, query, SHOWN)))


def _among(n: int, answer: wire.Answer) -> wire.Found:
    """With how many of the n that could be listed are not."""
    return {**answer, "left_out": n - len(answer["results"]), "unknown": [], "classes": []}


def neighbours(prepared: Prepared, space: str, i: int) -> wire.Neighbours:
    """What is nearest to point i of a space, by cosine; IndexError where there is no such point."""
    item = place(prepared, space, i)
    found = find_neighbours(prepared, item, NEIGHBOURS)
    row = prepared.captions_of(item.image)[0] if item.caption is None else item.caption

    def beside(kind: str) -> wire.FoundNeighbours:
        answer = _answer(prepared, found[kind])
        results: list[wire.Neighbour] = [
            {**each, "is_image": kind == "images", "is_own": each["image"] == item.image}
            for each in answer["results"]
        ]
        return {"n": answer["n"], "rows": answer["rows"], "results": results}

    return {
        "item": {**_card(prepared, row), "is_image": item.caption is None},
        "images": beside("images"),
        "captions": beside("captions"),
    }


def _answer(prepared: Prepared, found: Found) -> wire.Answer:
    results = cards(prepared, found.shown[:SHOWN])
    for each, similarity in zip(results, found.similarity, strict=False):
        each["similarity"] = round(float(similarity), 4)
    return {"n": len(found.shown), "rows": found.rows.tolist(), "results": results}


def cards(prepared: Prepared, rows: Iterable[int]) -> list[wire.RowCard]:
    """What there is to say about each row; IndexError where there is none."""
    return [_card(prepared, int(row)) for row in rows]


def _card(prepared: Prepared, row: int) -> wire.RowCard:
    if not 0 <= row < prepared.n_captions:
        raise IndexError(row)
    image, prototype = int(prepared.image_of_caption[row]), prepared.prototype_of_caption[row]
    return {
        "row": row,
        "image": image,
        "file": prepared.names[image],
        "caption": prepared.captions[row],
        "prototype": int(prepared.number[prototype]) + 1 if prototype >= 0 else None,  # from 1
        "similarity": round(float(prepared.similarity[row]), 4),
    }


def read_rows(body: bytes) -> np.ndarray:
    """Rows as the page packs them: int32, little-endian."""
    if len(body) % 4:
        raise ConfigError("Rows must be whole numbers of four bytes each.")
    return np.frombuffer(body, dtype="<i4")


def keep(service: Service, prepared: Prepared, numbers: np.ndarray, leave_out: bool) -> wire.Subset:
    """Keeps rows to be distilled alone, or all others; IndexError where there is no such row."""
    pairs, n_captions = prepared.dataset.captioned(), prepared.n_captions
    subset = keep_subset(service.store, pairs, n_captions, numbers, leave_out=leave_out)
    return subsets.value_of(service, subset.key, prepared.config.data, prepared.config.bundle)


def export(prepared: Prepared, rows: np.ndarray, kind: str) -> str:
    """The number, file, caption, prototype (from 1), similarity and tags of rows, in a file."""
    if len(rows) > prepared.n_captions:
        raise ConfigError(f"There are {prepared.n_captions:,} rows, not {len(rows):,}.")
    names = ("row", "file", "caption", "prototype", "similarity")
    shown = cast(list[dict[str, object]], cards(prepared, rows))
    lines = [{name: card[name] for name in names} for card in shown]
    tags = read_tags(prepared)
    for line, row in zip(lines, rows, strict=True):
        line["tags"] = "; ".join(tag for tag, bits in tags.items() if bits[row])
    if kind == "json":
        return json.dumps(lines, ensure_ascii=False, indent=1)
    file = io.StringIO()
    writer = csv.DictWriter(file, (*names, "tags"))
    writer.writeheader()
    writer.writerows({name: defused(value) for name, value in line.items()} for line in lines)
    return file.getvalue()
