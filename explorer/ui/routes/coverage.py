"""Routes of coverage: the sets that it can be told of, how far it is, and its columns."""

from collections.abc import Callable

from fastapi import Response
from fastapi.routing import APIRoute

from explorer.ui import coverage, wire
from explorer.ui.routes.answers import packed
from explorer.ui.routes.columns import pack_column
from explorer.ui.service import Service


def make_routes(service: Service, at: Callable[..., APIRoute]) -> list[APIRoute]:
    """The routes; `at` makes a guarded one."""

    def sets(key: str) -> list[wire.RunOnMap]:
        return coverage.sets_of(service, service.prepared(key))

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
        at(base + "/by", sets),
        at(base + "/{name}.bin", column),
    ]
