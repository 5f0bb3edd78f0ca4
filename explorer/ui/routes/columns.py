"""Routes for the columns of prepared data: which there are, their values, and measuring images."""

import json
from collections.abc import Callable

import numpy as np
from fastapi import HTTPException, Response
from fastapi.routing import APIRoute

from explorer.core.columns import DATE, NUMBER
from explorer.explore.columns import TEXT, all_columns, measuring, read_column
from explorer.explore.query import find_rows
from explorer.types import Column
from explorer.ui import wire
from explorer.ui.measuring import about_measuring
from explorer.ui.routes.answers import BYTES, packed
from explorer.ui.service import Service

MISSING = 0xFFFF
"""The code of a cell without a word."""


def make_routes(service: Service, at: Callable[..., APIRoute]) -> list[APIRoute]:
    """The routes; `at` makes a guarded one."""

    def columns(key: str) -> wire.Columns:
        prepared = service.prepared(key)
        found = all_columns(service.store, prepared).values()
        return {
            "columns": [
                {
                    "name": each.name,
                    "title": each.title,
                    "per": each.per,
                    "kind": each.kind,
                    "group": each.group,
                    "meaning": each.meaning,
                    "of": each.of,
                    "is_there": each.is_there,
                }
                for each in found
            ],
            "measuring": about_measuring(service.background, prepared),
        }

    def values(key: str, name: str) -> Response:
        prepared = service.prepared(key)
        about = all_columns(service.store, prepared).get(name)
        if about is not None and about.kind == TEXT:
            raise HTTPException(404, f"{about.title} has too many different words to list.")
        return packed(pack_column(read_column(service.store, prepared, name)))

    def where(key: str, condition: str) -> Response:
        """A bit per row, the lowest first, of those that a condition holds for."""
        prepared = service.prepared(key)
        found = find_rows(service.store, prepared, condition)
        is_in = np.zeros(prepared.n_captions, dtype=bool)
        is_in[found] = True
        return Response(np.packbits(is_in, bitorder="little").tobytes(), media_type=BYTES)

    def measure(key: str) -> None:
        service.background.begin(measuring(service.prepared(key)))

    base = "/prepared/{key}/columns"
    return [
        at(base, columns),
        at(base + "/{name}.bin", values),
        at("/prepared/{key}/measures", measure, "POST"),
        at("/prepared/{key}/where.bin", where),
    ]


def pack_column(column: Column) -> bytes:
    """A column as common/columns.js unpacks it, little-endian.

    The length of a header (uint32) and the header, JSON that blanks fill up to a place that eight
    divides; then of numbers n float32, of dates n float64, of words n uint16 with 65535 for none;
    of lists n + 1 uint32 where each begins, and the uint16 of all.
    """
    n = len(column)
    header = {"kind": column.kind, "per": column.per, "n": n, "names": list(column.names)}
    text = json.dumps(header, ensure_ascii=False).encode(errors="replace")
    text += b" " * (-(len(text) + 4) % 8)
    if column.kind in (NUMBER, DATE):
        body = column.values.astype("<f4" if column.kind == NUMBER else "<f8").tobytes()
    else:
        codes = np.where(column.values < 0, MISSING, column.values).astype("<u2")
        starts = b"" if column.starts is None else column.starts.astype("<u4").tobytes()
        body = starts + codes.tobytes()
    return np.array([len(text)], dtype="<u4").tobytes() + text + body
