"""Routes of the inspector: edits, what was matched with what, suspects."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Body, HTTPException, Response
from fastapi.routing import APIRoute

from explorer.explore import matching as matched
from explorer.explore.dataset import Prepared
from explorer.explore.previews import find_kept
from explorer.explore.quality import (
    Duplicates,
    find_duplicates,
    near_duplicates,
    seconds_to_look,
    worst_pairs,
)
from explorer.ui import edits, rows, wire
from explorer.ui.routes.answers import HOUR, packed, there
from explorer.ui.service import Service


def make_routes(service: Service, at: Callable[..., APIRoute]) -> list[APIRoute]:
    """The routes; `at` makes a guarded one."""

    def edit(key: str, asked: Annotated[Any, Body()]) -> wire.Edited:
        return edits.change(service, key, asked)

    def kept(key: str, k: int) -> Response:
        drawing = there(lambda: find_kept(service.store, service.prepared(key), k), "prototype")
        if drawing is None:
            raise HTTPException(404, "This image is not at hand. Draw it again.")
        return Response(drawing.png, media_type="image/png", headers=HOUR)

    def table(key: str) -> Response:
        """The (K, K) counts row by row, uint32, little-endian."""
        return packed(matched.shared_table(service.prepared(key)).astype("<u4").tobytes())

    def cell(key: str, k: int, other: int) -> list[int]:
        prepared = service.prepared(key)
        return there(lambda: matched.shared_rows(prepared, k, other).tolist(), "prototype")

    def suspects(key: str) -> list[wire.RowCard]:
        """The rows that fit least."""
        prepared = service.prepared(key)
        return rows.cards(prepared, worst_pairs(prepared))

    def duplicates(key: str) -> wire.Duplicates:
        """The pairs; or where looking takes long and was not asked for, how long."""
        prepared = service.prepared(key)
        found = find_duplicates(service.store, prepared)
        if found is None:
            return {"seconds": seconds_to_look(prepared)}
        return {"pairs": _pairs(prepared, found)}

    def look(key: str) -> wire.Duplicates:
        prepared = service.prepared(key)
        return {"pairs": _pairs(prepared, near_duplicates(service.store, prepared))}

    base = "/prepared/{key}"
    return [
        at(base + "/edits", edit, "POST"),
        at(base + "/prototypes/{k:int}/kept.png", kept),
        at(base + "/shared.bin", table),
        at(base + "/shared/{k:int}/{other:int}", cell),
        at(base + "/suspects", suspects),
        at(base + "/duplicates", duplicates),
        at(base + "/duplicates", look, "POST"),
    ]


def _pairs(prepared: Prepared, found: Duplicates) -> list[wire.Twins]:
    return [
        {"cosine": round(float(cosine), 4), "images": [_image(prepared, i) for i in pair]}
        for *pair, cosine in zip(*found, strict=True)
    ]


def _image(prepared: Prepared, i: int) -> wire.Twin:
    """An image and its rows."""
    captions = prepared.captions_of(int(i))
    return {
        "image": int(i),
        "name": prepared.names[int(i)],
        "caption": prepared.captions[captions[0]] if captions else "",
        "rows": list(captions),
    }
