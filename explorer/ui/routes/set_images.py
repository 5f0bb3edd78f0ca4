"""Routes of the images of a finished set, one by one."""

from collections.abc import Callable

from fastapi.routing import APIRoute

from explorer.ui import set_images, wire
from explorer.ui.service import Service


def make_routes(service: Service, at: Callable[..., APIRoute]) -> list[APIRoute]:
    """The routes; `at` makes a guarded one."""

    def look(run_id: str, name: str) -> wire.SetImage:
        return set_images.look(service, run_id, name)

    def begin(run_id: str) -> None:
        set_images.begin(service, run_id)

    base = "/runs/{run_id}/about-images"
    return [at(base + "/{name:path}", look), at(base, begin, "POST")]
