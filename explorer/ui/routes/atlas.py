"""Routes of the small images that stand on a map when it is close."""

from collections.abc import Callable

from fastapi import HTTPException, Response
from fastapi.routing import APIRoute

from explorer.explore.atlas import atlas_of
from explorer.steps.atlas import LEVELS, SIDE, Atlas
from explorer.ui import wire
from explorer.ui.routes.answers import packed, there, webp
from explorer.ui.service import Service


def make_routes(service: Service, at: Callable[..., APIRoute]) -> list[APIRoute]:
    """The routes; `at` makes a guarded one."""

    def found(key: str) -> Atlas:
        made = service.store.peek(atlas_of(service.prepared(key)))
        if made is None:
            raise HTTPException(404, "The small images of this map are not made yet.")
        return made

    def about(key: str) -> wire.Atlas:
        """Which levels there are, as soon as it is made."""
        step = atlas_of(service.prepared(key))
        made = service.store.peek(step)
        if made is None:
            return {"side": SIDE, "levels": {}, "making": service.background.about(step)}
        levels = {str(tile): len(pages) for tile, pages in made.pages.items()}
        return {"side": SIDE, "levels": levels, "making": None}

    def make(key: str) -> None:
        service.background.begin(atlas_of(service.prepared(key)))

    def places(key: str) -> Response:
        return packed(found(key).place.astype("<u4").tobytes())

    def page(key: str, tile: int, number: int) -> Response:
        made = found(key)
        if tile not in made.pages:
            raise HTTPException(
                404, f"The small images are {' or '.join(map(str, LEVELS))} px wide."
            )
        return webp(there(lambda: made.pages[tile][number], "page"))

    base = "/prepared/{key}/atlas"
    return [
        at(base, about),
        at(base, make, "POST"),
        at(base + "/places.bin", places),
        at(base + "/{tile:int}/{number:int}.webp", page),
    ]
