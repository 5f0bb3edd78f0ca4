"""Routes of where students fail: which runs can be looked at, how items fared, images of test."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Query, Response
from fastapi.routing import APIRoute

from explorer.engine.image_pass import thumbnail
from explorer.explore.failures import PROTOTYPE, embedding, held_out, placing
from explorer.ui import failures, wire
from explorer.ui.decoder import alone
from explorer.ui.failures import Asked
from explorer.ui.routes.answers import there, webp
from explorer.ui.service import Service


def make_routes(service: Service, at: Callable[..., APIRoute]) -> list[APIRoute]:
    """The routes; `at` makes a guarded one."""

    def runs(key: str) -> list[wire.RunOnMap]:
        return failures.runs_of(service, service.prepared(key))

    def look(
        key: str,
        run_id: str,
        space: str = "image",
        network: str = "",
        by: str = PROTOTYPE,
        other: str = "",
        alone: Annotated[int | None, Query(ge=0, le=3)] = None,
    ) -> wire.Failures:
        asked = Asked(space, network, by, other, alone)
        return failures.look(service, service.prepared(key), run_id, asked)

    def begin(key: str, space: str) -> None:
        service.background.begin(placing(service.store, service.prepared(key), space))

    def look_at(key: str, k: int) -> wire.FaredHere | None:
        prepared = service.prepared(key)
        return there(lambda: failures.look_at(service, prepared, k), "prototype")

    def embed_test(key: str) -> None:
        service.background.begin(embedding(service.prepared(key)))

    def image(key: str, i: int) -> Response:
        split = held_out(service.prepared(key))
        there(lambda: split.image_names[i], "image")
        return webp(alone(lambda: thumbnail(split.open_image(i))))

    base = "/prepared/{key}"
    return [
        at(base + "/failures", runs),
        at(base + "/failures/{run_id}", look),
        at(base + "/placed/{space}", begin, "POST"),
        at(base + "/prototypes/{k:int}/fared", look_at),
        at(base + "/embedded/test", embed_test, "POST"),
        at(base + "/test/{i:int}.webp", image),
    ]
