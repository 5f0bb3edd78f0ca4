"""The one login of a server, against which guessing is slow."""

import asyncio
import hmac
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from explorer.errors import ConfigError

SECONDS = 1.0
"""That a wrong password costs; tries wait for each other, so that many at once gain nothing."""


class Login(NamedTuple):
    user: str
    password: str


def read_login(text: str) -> Login:
    """From "USER:PASSWORD"."""
    user, colon, password = text.strip().partition(":")
    if not (user and colon and password):
        raise ConfigError("A login must be USER:PASSWORD.")
    return Login(user, password)


def find_login(given: str | None, file: Path | None) -> Login | None:
    """The login that was given, or stands in a file or in EXPLORER_AUTH; None where there is none.

    An argument can be read by every user of the machine, in the list of processes.
    """
    if given is None and file is not None:
        given = file.read_text("utf-8")
    if given is None:
        given = os.environ.get("EXPLORER_AUTH") or None
    return None if given is None else read_login(given)


def checker(login: Login) -> Callable[[str, str], Any]:
    """Tells whether user and password are right; Gradio awaits the answer."""
    lock = asyncio.Lock()

    async def is_right(user: str, password: str) -> bool:
        async with lock:
            given = (user, password)
            same = [
                hmac.compare_digest(one.encode(errors="replace"), other.encode(errors="replace"))
                for one, other in zip(given, login, strict=True)
            ]
            if not all(same):
                await asyncio.sleep(SECONDS)
            return all(same)

    return is_right
