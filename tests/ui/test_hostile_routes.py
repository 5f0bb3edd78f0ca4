"""Every route and every callback of the page, found by looking, against values no page sends.

What a visitor types never becomes an error of the server or a traceback in its log; a route or a
callback that is added tomorrow is tried the same day.
"""

import asyncio
import logging
import shutil
import time
from functools import partial
from urllib.parse import quote

import gradio as gr
import pytest
from fastapi.testclient import TestClient
from gradio.routes import App
from gradio.state_holder import SessionState

from explorer.runs.config import RunConfig
from explorer.runs.directory import Job, RunDirectory
from explorer.ui import page as layout
from explorer.ui.routes import serve
from explorer.ui.service import Service
from tests.hostile import BODIES, TEXTS, VALUES
from tests.ui.worlds import key_of

RUN = "20261120-101112-345-abcd"
SOUND = {
    "run_id": RUN, "space": "image", "name": "000000.png", "i": "0", "k": "0", "other": "1",
    "kind": "csv", "by": "text", "query": "a", "which": "0", "n_prototypes": "12", "offset": "0",
    "bundle": "scenes", "first": RUN, "second": RUN, "run": RUN, "step": "000001", "version": "0",
    "path": "map/map.js", "image_id": "0", "leave_out": "false", "tile": "16", "number": "0",
}  # fmt: skip
SLOWEST = 5.0  # seconds, on a busy machine


@pytest.fixture(scope="module")
def attacked(world, tmp_path_factory) -> tuple[TestClient, Service, dict[str, str]]:
    """A page over a copy of a prepared world; its runs end at once."""
    prepared, config = world
    cache_folder = shutil.copytree(prepared, tmp_path_factory.mktemp("attacked") / "cache")
    service = Service(cache_folder, config.data, ["true"])
    run = RunDirectory(service.runs.folder / RUN)
    run.create(Job(config=RunConfig()))
    (run.set_folder / "train").mkdir(parents=True)
    page = layout.build(service)
    app = App.create_app(page, app_kwargs=serve.app_kwargs(service))
    client = TestClient(app)
    asked = {"data": config.data, "bundle": config.bundle, "n_prototypes": 12}
    return client, service, {**SOUND, "key": key_of(client, asked), "data": config.data}


def slots(route) -> list[str]:
    found = route.dependant.path_params + route.dependant.query_params
    return [each.name for each in found]


def ask(client, route, values, content=None, kind="application/json"):
    """One request; it is answered in time, without an error of the server."""
    path, query = route.path, {}
    for name in slots(route):
        value = values.get(name, "0")
        marked = next(
            (f"{{{name}{m}}}" for m in ("", ":int", ":path") if f"{{{name}{m}}}" in path), ""
        )
        if marked:
            path = path.replace(marked, quote(value, safe=""))
        else:
            query[name] = value
    (method,) = route.methods
    start = time.monotonic()
    answer = client.request(
        method, path, params=query, content=content, headers={"content-type": kind}
    )
    what = (method, path[:200], answer.status_code, answer.text[:200])
    assert answer.status_code < 500, what
    assert time.monotonic() - start < SLOWEST, what
    assert "Traceback" not in answer.text, what
    return answer


ROUTES = serve.make_routes(Service("cache"))
"""Only their shape is asked for: the service has nothing to do with those that answer."""


def called(route) -> str:
    return f"{min(route.methods)} {route.path}"


@pytest.mark.parametrize("route", ROUTES, ids=called)
def test_no_value_in_an_address_is_an_error_of_the_server(attacked, caplog, route):
    client, _, sound = attacked
    for name in slots(route):
        for value in TEXTS:
            ask(client, route, {**sound, name: value})
    assert not [each for each in caplog.records if each.levelno >= logging.ERROR]


@pytest.mark.parametrize("route", [r for r in ROUTES if "GET" not in r.methods], ids=called)
def test_no_body_is_an_error_of_the_server(attacked, caplog, route):
    client, _, sound = attacked
    for body in BODIES:
        for kind in ("application/json", "application/octet-stream", "text/plain"):
            ask(client, route, sound, body, kind)
    assert not [each for each in caplog.records if each.levelno >= logging.ERROR]
    assert client.get(f"{serve.PREFIX}/runs").status_code == 200
    assert client.get(f"{serve.PREFIX}/queue").status_code == 200


async def call(page, session, fn, inputs) -> None:
    """Calls back as the queue does; the only errors are messages for whoever asked."""
    request = gr.Request(username=None, session_hash="page", client=None)
    request.query_params = {}
    told: list[gr.Error] = []
    try:
        await page.process_api(fn, inputs, state=session, request=request)
    except gr.Error as error:
        told.append(error)
    for error in told:
        assert not error.print_exception, error
        assert "<" not in error.message, error.message


async def call_all(page) -> None:
    call_back = partial(call, page, SessionState(page))
    for fn in page.fns.values():
        given = [getattr(each, "value", None) for each in fn.inputs]
        for place, value in enumerate(VALUES):
            slot = place % max(1, len(given))
            await call_back(fn, [*given[:slot], value, *given[slot + 1 :]][: len(given)])
            if len(given) > 1 and place % 3 == 0:
                await call_back(fn, [value] * len(given))
        for count in (0, len(given) + 3):
            await call_back(fn, [None] * count)


def test_no_value_that_a_callback_gets_is_a_traceback(attacked):
    _, service, _ = attacked
    asyncio.run(call_all(layout.build(service)))
