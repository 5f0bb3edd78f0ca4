"""Routes for finding, showing and exporting rows of a prepared dataset."""

from collections.abc import Callable
from typing import Annotated, Any

import numpy as np
from fastapi import Body, HTTPException, Response
from fastapi.routing import APIRoute

from explorer.pipeline.points import first_captions
from explorer.ui import rows
from explorer.ui.service import Service

HOUR = {"Cache-Control": "private, max-age=3600"}


def make_routes(service: Service, at: Callable[..., APIRoute]) -> list[APIRoute]:
    """The routes; `at` makes a guarded one."""

    def captions(key: str) -> Response:
        packed = first_captions(service.prepared(key)).astype("<u4").tobytes()
        return Response(packed, media_type="application/octet-stream", headers=HOUR)

    def search(key: str, by: str, query: str) -> dict[str, Any]:
        return rows.search(service, service.prepared(key), by, query)

    def some(key: str, which: str) -> list[dict[str, Any]]:
        """The cards of rows that are named like "3,17,18"."""
        wanted = which.split(",")[: rows.SHOWN]
        if not all(each.isdecimal() for each in wanted):
            raise HTTPException(404, "There is no such row.")
        return _there(lambda: rows.cards(service.prepared(key), map(int, wanted)))

    def export(
        key: str, kind: str, body: Annotated[bytes, Body(media_type="application/octet-stream")]
    ) -> Response:
        if kind not in rows.EXPORTS:
            raise HTTPException(404, f"Rows are exported as {' or '.join(rows.EXPORTS)}.")
        wanted: np.ndarray = rows.read_rows(body)
        text = _there(lambda: rows.export(service.prepared(key), wanted, kind))
        return Response(text, media_type=rows.EXPORTS[kind])

    base = "/prepared/{key}"
    return [
        at(base + "/captions.bin", captions),
        at(base + "/search", search),
        at(base + "/rows", some),
        at(base + "/rows.{kind}", export, "POST"),
    ]


def _there(read: Callable[[], Any]) -> Any:
    try:
        return read()
    except IndexError:
        raise HTTPException(404, "There is no such row.") from None
