"""The page's own scripts, and plotly.js, as the browser fetches them: from memory, cacheable."""

import gzip
import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from fastapi import HTTPException, Response
from fastapi.routing import APIRoute

from explorer.ui.routes.answers import FOREVER

FOLDER = Path(__file__).resolve().parents[3] / "assets" / "ui"
STYLES = sorted(FOLDER.rglob("*.css"), key=lambda path: (path.parent.name != "common", path))
"""The style sheets; what all rooms share stands first."""


@cache
def scripts() -> dict[str, bytes]:
    """The page's scripts by their path below FOLDER."""
    paths = sorted(FOLDER.rglob("*.js"))
    return {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in paths}


@cache
def version() -> str:
    """Part of every script's address, so that a browser may keep scripts forever."""
    return hashlib.sha256(b"".join(scripts().values())).hexdigest()[:12]


@cache
def _plotly() -> bytes:
    """plotly.js, compressed once: it is 4.8 MB, and is fetched when the first chart is drawn."""
    import plotly  # imported here: it takes longer than the rest of the first page

    path = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    return gzip.compress(path.read_bytes(), compresslevel=6)


def make_routes(at: Callable[..., APIRoute]) -> list[APIRoute]:
    """The routes of the static files; `at` makes a guarded route."""

    def script(version: str, path: str) -> Response:
        if path not in scripts():
            raise HTTPException(404)
        return Response(scripts()[path], media_type="text/javascript", headers=FOREVER)

    def plotly(version: str) -> Response:
        headers = {**FOREVER, "Content-Encoding": "gzip"}
        return Response(_plotly(), media_type="text/javascript", headers=headers)

    return [
        at("/static/{version}/plotly.min.js", plotly),
        at("/static/{version}/{path:path}", script),
    ]
