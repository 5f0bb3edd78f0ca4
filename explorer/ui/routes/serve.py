"""The page's own routes, all under /gradio_api/explorer/ and behind the login of the page."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import gradio.routes
from fastapi import Depends, HTTPException, Request, Response
from fastapi.routing import APIRoute
from starlette.middleware import Middleware

from explorer.errors import ExplorerError
from explorer.explore.points import CLASS, VALUES, place
from explorer.sets.others import without_folders
from explorer.steps.embeddings import SPACES
from explorer.ui import payload, wire
from explorer.ui.access import visitor_of
from explorer.ui.forms.choices import read_asked
from explorer.ui.guard import ANY, OWN, Guard, Rules
from explorer.ui.inspected import inspected
from explorer.ui.routes import atlas as atlas_routes
from explorer.ui.routes import checks as check_routes
from explorer.ui.routes import columns as column_routes
from explorer.ui.routes import comparison as comparison_routes
from explorer.ui.routes import coverage as coverage_routes
from explorer.ui.routes import failures as failure_routes
from explorer.ui.routes import judgements as judgement_routes
from explorer.ui.routes import prototypes as prototype_routes
from explorer.ui.routes import rows as row_routes
from explorer.ui.routes import runs as run_routes
from explorer.ui.routes import set_images as set_image_routes
from explorer.ui.routes import static
from explorer.ui.routes import tags as tag_routes
from explorer.ui.routes.answers import FOREVER, HANDLERS, packed, there, webp
from explorer.ui.service import Service

PREFIX = OWN  # Gradio's proxy passes /gradio_api on, whatever serves the page


def guard(request: Request) -> None:
    """Lets in whoever the page lets in: Gradio's `auth` does not cover routes of our own."""
    app = request.app
    if app.auth is None and app.auth_dependency is None:
        return
    cookies = request.cookies
    token = cookies.get(f"access-token-{app.cookie_id}") or cookies.get(
        f"access-token-unsecure-{app.cookie_id}"
    )
    if app.tokens.get(token) is None:
        raise HTTPException(401, "Log in first.")


def app_kwargs(service: Service, rules: Rules = ANY) -> dict[str, Any]:
    """What `launch(app_kwargs=...)` needs to serve the routes, and to guard them and Gradio's."""
    # Gradio's own lets pages of every site in, cookies and all, where its host is not loopback.
    setattr(gradio.routes, "CustomCORSMiddleware", lambda app, **_: app)  # noqa: B010
    return {
        "routes": [*make_routes(service), APIRoute("/openapi.json", schema, dependencies=GUARDED)],
        "exception_handlers": HANDLERS,
        "middleware": [Middleware(Guard, rules)],
        "openapi_url": None,
    }


def schema(request: Request) -> dict[str, Any]:
    """What routes there are."""
    described: dict[str, Any] = request.app.openapi()
    return described


GUARDED = [Depends(guard)]


def make_routes(service: Service) -> list[APIRoute]:
    def at(path: str, answer: Callable[..., Any], method: str = "GET") -> APIRoute:
        return APIRoute(PREFIX + path, answer, dependencies=GUARDED, methods=[method])

    routes = [at("/health", health), *_unprepared(service, at), *_prepared(service, at)]
    for module in (
        row_routes,
        prototype_routes,
        column_routes,
        atlas_routes,
        check_routes,
        tag_routes,
        failure_routes,
        coverage_routes,
    ):
        routes += module.make_routes(service, at)

    def of_runs(path: str, answer: Callable[..., Any], method: str = "GET") -> APIRoute:
        return at(path, answer if service.access.everything else _told_outside(answer), method)

    for module in (run_routes, set_image_routes, comparison_routes, judgement_routes):
        routes += module.make_routes(service, of_runs)
    return routes + static.make_routes(at)


def _told_outside(answer: Callable[..., Any]) -> Callable[..., Any]:
    """A route that names no folder of this machine: runs were begun by its owner, too."""

    @wraps(answer)
    def outside(**asked: Any) -> Any:
        try:
            told = answer(**asked)
        except ExplorerError as error:
            raise type(error)(without_folders(str(error))) from error
        return told if isinstance(told, Response) else without_folders(told)

    return outside


async def health() -> dict[str, str]:
    return {"status": "ok"}


def _unprepared(service: Service, at: Callable[..., APIRoute]) -> list[APIRoute]:
    """Routes of data that somebody named, and of images that were drawn on request."""

    def preparation(data: str, bundle: str, n_prototypes: int) -> wire.Preparation:
        return service.preparation(read_asked(data, bundle, n_prototypes))

    def inspection(data: str, again: bool = False) -> wire.Inspected:
        return inspected(service, data.strip(), again)

    def give_up(data: str) -> None:
        service.give_up(data.strip())

    def drawn(image_id: str) -> Response:
        png = service.drawing(image_id).png
        return Response(png, media_type="image/png", headers=FOREVER)

    return [
        at("/preparation", preparation),
        at("/inspection", inspection),
        at("/inspection/end", give_up, "POST"),
        at("/drawn/{image_id}.png", drawn),
    ]


def _prepared(service: Service, at: Callable[..., APIRoute]) -> list[APIRoute]:
    """Routes of one prepared dataset; its key changes with everything that they answer."""

    def about(key: str) -> wire.Prepared:
        return payload.about(service.prepared(key))

    def points(key: str, space: str) -> Response:
        content = payload.pack_points(service.prepared(key), _checked(space))
        if content is None:
            raise HTTPException(404, "This map is not laid out yet.")
        return packed(content)

    def lay_out(key: str, request: Request) -> None:
        service.lay_out(key, visitor_of(request))

    def values(key: str, space: str, name: str) -> Response:
        if name not in (known := (*VALUES, CLASS)):
            raise HTTPException(404, f"Points have {', '.join(known)}.")
        return packed(payload.pack_values(service.prepared(key), _checked(space), name))

    def point(key: str, space: str, i: int) -> wire.Point:
        return there(lambda: payload.point(service.prepared(key), _checked(space), i))

    def point_image(key: str, space: str, i: int) -> Response:
        prepared = service.prepared(key)
        at_point = there(lambda: place(prepared, _checked(space), i))
        return webp(prepared.thumbnail(at_point.image))

    def image(key: str, i: int) -> Response:
        return webp(there(lambda: service.prepared(key).thumbnail(i)))

    def prototype(key: str, k: int) -> wire.Card:
        return there(lambda: payload.card(service.prepared(key), k), "prototype")

    base = "/prepared/{key}"
    return [
        at(base, about),
        at(base + "/points/{space}.bin", points),
        at(base + "/spaces", lay_out, "POST"),
        at(base + "/values/{space}/{name}.bin", values),
        at(base + "/points/{space}/{i:int}.webp", point_image),
        at(base + "/points/{space}/{i:int}", point),
        at(base + "/images/{i:int}.webp", image),
        at(base + "/prototypes/{k:int}", prototype),
    ]


def _checked(space: str) -> str:
    if space not in SPACES:
        raise HTTPException(404, f"The spaces are {', '.join(SPACES)}.")
    return space
