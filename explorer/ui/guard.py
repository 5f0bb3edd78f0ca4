"""Stands before every route, Gradio's too: who may ask, how much, and what browsers may do with it.

Browsers send a page's Origin and Sec-Fetch-Site along, which a foreign page cannot change; other
programs send neither, and are let in as they are.
"""

import json
import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from explorer.errors import BadDataError
from explorer.store.reading import parse_json

log = logging.getLogger(__name__)

MOST_JSON = 8 << 20
"""Bytes of JSON in a request."""
MOST_BODY = 33 << 20
"""Bytes of any other request."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_API = "/gradio_api"
_LONGEST = 200  # characters of a path in the log
OWN = f"{_API}/explorer"
"""Where the routes of this program are; all others are Gradio's."""
_UPLOAD = ("/gradio_api/upload", "/upload")
_SPACE = "https://huggingface.co"


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What a server holds requests to."""

    hosts: frozenset[str] = frozenset()
    """Names under which it may be asked; empty where any will do."""
    framed_by: str = ""
    """A site that may show the page inside of its own."""


ANY = Rules()


def rules_for(host: str, names: Sequence[str] = ()) -> Rules:
    """Those of a server that listens on this address; on loopback only names of loopback will do.

    A page of another site can make its own name mean 127.0.0.1 (DNS rebinding), but not its Host.
    A proxy before the server may be asked by other names.
    """
    if os.getenv("SPACE_ID"):
        return Rules(framed_by=_SPACE)
    is_local = host in LOOPBACK
    return Rules(hosts=LOOPBACK | {each.lower() for each in names} if is_local else frozenset())


class _Refused(HTTPException):
    """A request that goes no further; FastAPI lets it pass where it reads the body."""


class Guard:
    """Refuses requests by their headers and bodies, and tells browsers what the page may do."""

    def __init__(self, app: ASGIApp, rules: Rules) -> None:
        self._app, self._rules = app, rules
        self._headers = _headers(rules)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def send_guarded(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                self._mark(MutableHeaders(scope=message))
            await send(message)

        try:
            headers = Headers(scope=scope)
            _check_asker(scope, headers, self._rules)
            if scope["method"] in ("POST", "PUT", "PATCH"):
                receive = await _checked_body(scope["path"], headers, receive)
            await self._app(scope, receive, send_guarded)
        except _Refused as refused:
            answer = {"error": "Refused", "detail": refused.detail}
            await JSONResponse(answer, refused.status_code)(scope, receive, send_guarded)
        except Exception as error:  # the edge of the server, which tells its log once
            told = _told(scope, error)
            if begun:
                await send({"type": "http.response.body"})
            else:
                await told(scope, receive, send_guarded)

    def _mark(self, headers: MutableHeaders) -> None:
        for name, value in self._headers.items():
            headers.setdefault(name, value)
        cookies = headers.getlist("set-cookie")
        if cookies and not self._rules.framed_by:
            del headers["set-cookie"]
            for each in cookies:
                headers.append("set-cookie", _strict(each))


def _told(scope: Scope, error: Exception) -> JSONResponse:
    """The answer where a route raised something; the log says what.

    Gradio's routes know no other answer to a name that they do not have, so one line is enough.
    """
    method, path = scope["method"], scope["path"][:_LONGEST]
    if not path.startswith(OWN):
        log.warning("%s %s: %s", method, path, repr(error)[:_LONGEST])
        detail = "There is nothing of that name here, or it cannot take this value."
        return JSONResponse({"error": type(error).__name__, "detail": detail}, 422)
    log.error("%s %s failed.", method, path, exc_info=error)
    detail = "The server failed; its log says why."
    return JSONResponse({"error": "InternalError", "detail": detail}, 500)


def _headers(rules: Rules) -> Mapping[str, str]:
    framing = rules.framed_by or "'none'"
    policy = (
        "default-src 'self'",
        # Gradio builds parts of its page from text, and compiles templates
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        f"frame-ancestors {framing}",
    )
    headers = {
        "content-security-policy": "; ".join(policy),
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
    }
    return headers if rules.framed_by else {**headers, "x-frame-options": "DENY"}


def _strict(cookie: str) -> str:
    """The cookie, to be sent by no page but our own."""
    parts = [each for each in cookie.split(";") if not each.strip().lower().startswith("samesite")]
    return ";".join([*parts, " SameSite=Strict"])


def _check_asker(scope: Scope, headers: Headers, rules: Rules) -> None:
    """Refuses foreign names of the server, foreign pages, and files: the page takes none."""
    if scope["path"].startswith(_UPLOAD):
        raise _Refused(403, "This page takes no files; name a folder of the server instead.")
    own = [headers.get(name, "") for name in ("host", "x-forwarded-host")]
    if rules.hosts and _name(own[0]) not in rules.hosts:
        raise _Refused(403, "This server answers to localhost and 127.0.0.1 only.")
    foreign = _Refused(403, "Another site may not use this page; open it in a tab of its own.")
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc.lower() not in [o.lower() for o in own if o]:
        raise foreign
    if headers.get("sec-fetch-site", "none") in ("cross-site", "same-site"):
        is_link = headers.get("sec-fetch-mode") == "navigate" and scope["method"] == "GET"
        if not is_link or scope["path"].startswith(_API):
            raise foreign


def _name(host: str) -> str:
    """The name in a Host header, without its port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


async def _checked_body(path: str, headers: Headers, receive: Receive) -> Receive:
    """Refuses a body that is too long before it is read, and JSON that is none of ours."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    is_json = kind == "application/json" or kind.endswith("+json")
    is_json = is_json or (not kind and not path.startswith(OWN))  # FastAPI takes it for JSON, too
    most = MOST_JSON if is_json else MOST_BODY
    length = headers.get("content-length", "0")
    if not length.isascii() or not length.isdecimal() or len(length) > 18:
        raise _Refused(400, "The length of the request is no number.")
    if int(length) > most:
        raise _too_long(most)
    if is_json:
        return await _checked_json(receive, most)
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise _too_long(most)
        return message

    return counted


async def _checked_json(receive: Receive, most: int) -> Receive:
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            break
        parts.append(message.get("body", b""))
        size, more = size + len(parts[-1]), message.get("more_body", False)
        if size > most:
            raise _too_long(most)
    body = b"".join(parts)
    if body.strip():
        try:
            json.dumps(value := parse_json(body), allow_nan=False)
        except (BadDataError, ValueError) as error:
            raise _Refused(422, f"The request is not JSON as it must be: {error}") from error
        if _names_a_file(value):
            raise _Refused(422, "No field of this page takes a file, or the address of one.")
    sent = False

    async def again() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _names_a_file(value: Any) -> bool:
    """Whether a JSON value holds what Gradio takes for a file, and would copy or fetch."""
    left = [value]
    while left:
        each = left.pop()
        if isinstance(each, dict):
            if str(each.get("_type", "")).startswith("gradio."):
                return True
            left += each.values()
        elif isinstance(each, list):
            left += each
    return False


def _too_long(most: int) -> _Refused:
    return _Refused(413, f"The request is longer than {most >> 20} MiB.")
