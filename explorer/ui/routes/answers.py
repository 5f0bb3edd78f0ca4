"""What several routes answer in the same way."""

import logging
from collections.abc import Callable, Container
from pathlib import Path
from typing import Any, TypeVar, cast

from fastapi import HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse
from starlette.convertors import IntegerConvertor, register_url_convertor

from explorer.errors import NO_ROOM, TOLD, number_of, sentence
from explorer.ui.labels import on_page

log = logging.getLogger(__name__)

Found = TypeVar("Found")

FOREVER = {"Cache-Control": "private, max-age=31536000, immutable"}
HOUR = {"Cache-Control": "private, max-age=3600"}
BYTES = "application/octet-stream"
WRONG, FULL = 422, 507


class _Number(IntegerConvertor):
    """Of `{i:int}` in a path: Starlette's own takes more digits than Python turns into a number."""

    regex = "[0-9]{1,18}"


register_url_convertor("int", _Number())


def there(read: Callable[[], Found], what: str = "row") -> Found:
    """What `read` returns; 404 where it finds no such thing."""
    try:
        return read()
    except (IndexError, OverflowError):
        raise HTTPException(404, f"There is no such {what}.") from None


def packed(content: bytes) -> Response:
    """Numbers as the page's scripts unpack them."""
    return Response(content, media_type=BYTES, headers=HOUR)


def one_of(names: Container[str], folder: Path, name: str, run_id: str) -> Response:
    """A file of a run to be saved, where it is one of these and there."""
    path = folder / name
    if name not in names or not path.is_file():
        raise HTTPException(404)
    return FileResponse(path, filename=f"{run_id}-{name}")


def webp(content: bytes) -> Response:
    """An image that never changes."""
    return Response(content, media_type="image/webp", headers=FOREVER)


def explain(request: Request, error: Exception) -> JSONResponse:
    """Turns a problem that people can do something about into its sentence."""
    if isinstance(error, OSError | MemoryError):  # whoever runs the server must hear of it
        log.warning("%s: %s", request.url.path, sentence(error, with_names=True))
    is_full = isinstance(error, OSError) and number_of(error) in NO_ROOM
    return _answer(type(error).__name__, on_page(error), FULL if is_full else WRONG)


def refuse(request: Request, error: Exception) -> JSONResponse:
    """Says which value is wrong; what was sent is not repeated, it may not even be text."""
    first = cast(RequestValidationError, error).errors()[0]
    place = ", ".join(str(each) for each in first["loc"][1:]) or str(first["loc"][0])
    return _answer("ValidationError", f"{_as_text(place)}: {first['msg']}.", WRONG)


def _answer(error: str, detail: str, status: int) -> JSONResponse:
    return JSONResponse({"error": error, "detail": _as_text(detail)}, status)


def _as_text(text: str) -> str:
    """The text without what UTF-8 cannot hold."""
    return text.encode(errors="replace").decode()


HANDLERS: dict[Any, Callable[[Request, Exception], JSONResponse]] = {
    RequestValidationError: refuse,
    **dict.fromkeys(TOLD, explain),
}
"""By the error that they answer."""
