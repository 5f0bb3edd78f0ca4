"""Routes for what in prepared data is better looked at before a run."""

from collections.abc import Callable

from fastapi.routing import APIRoute

from explorer.explore.checks import Check, checks, told
from explorer.explore.dataset import Prepared
from explorer.ui import rows, wire
from explorer.ui.measuring import about_measuring
from explorer.ui.service import Service


def make_routes(service: Service, at: Callable[..., APIRoute]) -> list[APIRoute]:
    """The routes; `at` makes a guarded one."""

    def answer(key: str) -> wire.Checks:
        prepared = service.prepared(key)
        return {
            "line": told(service.store, prepared),
            "found": [_found(prepared, each) for each in checks(service.store, prepared)],
            "measuring": about_measuring(service.background, prepared),
        }

    return [at("/prepared/{key}/checks", answer)]


def _found(prepared: Prepared, check: Check) -> wire.Check:
    each = check.found[: rows.SHOWN].tolist()
    shown = _first_rows(prepared, each) if check.are_images else each
    every = [row for i in check.found for row in prepared.captions_of(int(i))]
    return {
        "name": check.name,
        "title": check.title,
        "meaning": check.meaning,
        "n": len(check.found),
        "rows": every if check.are_images else check.found.tolist(),
        "results": rows.cards(prepared, shown),
    }


def _first_rows(prepared: Prepared, images: list[int]) -> list[int]:
    captions = (prepared.captions_of(i) for i in images)
    return [each[0] for each in captions if each]
