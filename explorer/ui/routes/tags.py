"""Routes for the names that people give to rows."""

from collections.abc import Callable
from threading import Lock
from typing import Annotated

from fastapi import Body
from fastapi.routing import APIRoute

from explorer.explore.dataset import Prepared
from explorer.explore.tags import change_tag, read_tags
from explorer.ui import rows, wire
from explorer.ui.routes.answers import BYTES, there
from explorer.ui.service import Service


def make_routes(service: Service, at: Callable[..., APIRoute]) -> list[APIRoute]:
    """The routes; `at` makes a guarded one."""
    changing = Lock()  # a change reads the tags and writes them

    def tags(key: str) -> list[wire.Tag]:
        return _told(service.prepared(key))

    def change(
        key: str,
        name: str,
        change: str,
        body: Annotated[bytes, Body(media_type=BYTES)] = b"",
    ) -> list[wire.Tag]:
        """Changes the rows of a tag, as `change_tag` does; returns all tags."""
        prepared, wanted = service.prepared(key), rows.read_rows(body)
        with changing:
            there(lambda: change_tag(prepared, name, change, wanted))
        return _told(prepared)

    path = "/prepared/{key}/tags"
    return [at(path, tags), at(path, change, "POST")]


def _told(prepared: Prepared) -> list[wire.Tag]:
    return [{"name": name, "n": int(bits.sum())} for name, bits in read_tags(prepared).items()]
