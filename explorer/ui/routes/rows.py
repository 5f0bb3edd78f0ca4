"""Routes for finding, showing and exporting rows of a prepared dataset."""

import re
from collections.abc import Callable
from typing import Annotated

import numpy as np
from fastapi import Body, HTTPException, Response
from fastapi.routing import APIRoute

from explorer.explore.points import first_captions
from explorer.steps.embeddings import SPACES
from explorer.ui import rows, wire
from explorer.ui.routes.answers import BYTES, packed, there
from explorer.ui.service import Service


def make_routes(service: Service, at: Callable[..., APIRoute]) -> list[APIRoute]:
    """The routes; `at` makes a guarded one."""

    def captions(key: str) -> Response:
        return packed(first_captions(service.prepared(key)).astype("<u4").tobytes())

    def search(key: str, by: str, query: str) -> wire.Found:
        return rows.search(service, service.prepared(key), by, query)

    def search_image(
        key: str,
        name: str = "that was given",
        body: Annotated[bytes, Body(media_type=BYTES)] = b"",
    ) -> wire.Found:
        return rows.search_image(service, service.prepared(key), body, name)

    def neighbours(key: str, space: str, i: int) -> wire.Neighbours:
        if space not in SPACES:
            raise HTTPException(404, f"The spaces are {', '.join(SPACES)}.")
        return there(lambda: rows.neighbours(service.prepared(key), space, i))

    def some(key: str, which: str) -> list[wire.RowCard]:
        """The cards of rows that are named like "3,17,18"."""
        wanted = which.split(",")[: rows.SHOWN]
        if not all(re.fullmatch("[0-9]{1,18}", each) for each in wanted):
            raise HTTPException(404, "There is no such row.")
        return there(lambda: rows.cards(service.prepared(key), map(int, wanted)))

    def keep(
        key: str, body: Annotated[bytes, Body(media_type=BYTES)], leave_out: bool = False
    ) -> wire.Subset:
        wanted: np.ndarray = rows.read_rows(body)
        return there(lambda: rows.keep(service, service.prepared(key), wanted, leave_out))

    def export(key: str, kind: str, body: Annotated[bytes, Body(media_type=BYTES)]) -> Response:
        if kind not in rows.EXPORTS:
            raise HTTPException(404, f"Rows are exported as {' or '.join(rows.EXPORTS)}.")
        wanted: np.ndarray = rows.read_rows(body)
        text = there(lambda: rows.export(service.prepared(key), wanted, kind))
        return Response(text, media_type=rows.EXPORTS[kind])

    base = "/prepared/{key}"
    return [
        at(base + "/captions.bin", captions),
        at(base + "/search", search),
        at(base + "/search/image", search_image, "POST"),
        at(base + "/points/{space}/{i:int}/neighbours", neighbours),
        at(base + "/rows", some),
        at(base + "/rows.{kind}", export, "POST"),
        at(base + "/subsets", keep, "POST"),
    ]
