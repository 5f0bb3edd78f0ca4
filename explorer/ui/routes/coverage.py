"""Routes of coverage: by what it can be told, how far it is, and its columns."""

from collections.abc import Callable

from fastapi import Response
from fastapi.routing import APIRoute

from explorer.ui import coverage, wire
from explorer.ui.routes.answers import packed
from explorer.ui.routes.columns import pack_column
from explorer.ui.service import Service


def make_routes(service: Service, at: Callable[..., APIRoute]) -> list[APIRoute]:
    """The routes; `at` makes a guarded one."""

    def choices(key: str) -> list[wire.Covering]:
        return coverage.choices(service, service.prepared(key))

    def look(key: str, run: str = coverage.PROTOTYPES) -> wire.Coverage:
        return coverage.look(service, service.prepared(key), run)

    def begin(key: str, run: str = coverage.PROTOTYPES) -> None:
        coverage.begin(service, service.prepared(key), run)

    def column(key: str, name: str, run: str = coverage.PROTOTYPES) -> Response:
        return packed(pack_column(coverage.column(service, service.prepared(key), run, name)))

    base = "/prepared/{key}/coverage"
    return [
        at(base, look),
        at(base, begin, "POST"),
        at(base + "/by", choices),
        at(base + "/{name}.bin", column),
    ]
