"""Who may open what: on this machine everything, of others only what the owner named."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from explorer.data.built_in import BUILT_IN
from explorer.errors import ConfigError

HUB = "hf:"
MOST_RUNS, MOST_OWN, MOST_SETS, MOST_SIZE = 10, 3, 100, 2000
"""What visitors of a server for others may start: all of them, each of them, and in one run."""


@dataclass(frozen=True, kw_only=True)
class Access:
    """What visitors may name as data. The answers do not tell which other folders are there."""

    everything: bool = True
    """Whether every folder and every dataset of the Hub is open to them."""
    named: tuple[str, ...] = ()
    """Data of which each may be opened."""
    folders: tuple[str, ...] = ()
    """Folders that are open with all that lies in them."""
    hub: bool = False
    """Whether visitors may have datasets fetched from the Hub."""

    def require(self, data: str) -> None:
        """Raises a `ConfigError` unless visitors may open these data."""
        if self.everything or data in BUILT_IN or data in self.named:
            return
        if data.startswith(HUB):
            if not self.hub:
                raise ConfigError(
                    "This server fetches nothing from the Hub for visitors; whoever runs it allows "
                    "that with --allow-hub."
                )
        elif not self._is_inside(data):
            raise ConfigError(
                f"This server opens {_listed([*BUILT_IN, *map(_shown, self.named)])} and what lies "
                "in the folders that its owner named with --data or --allow."
            )

    def require_room(self, n_waiting: int, n_own: int = 0, n_sets: int = 1, size: int = 1) -> None:
        """Raises a `ConfigError` where a visitor would start more than a server for others does.

        So many runs are going or wait, `n_own` of them by the same visitor; the new one makes
        `n_sets`, the largest of this size.
        """
        if self.everything:
            return
        for what, n, most in (
            ("runs at once", n_waiting + 1, MOST_RUNS),
            ("runs at once for one visitor", n_own + 1, MOST_OWN),
            ("sets in a sweep", n_sets, MOST_SETS),
            ("pairs, or images per class, in a set", size, MOST_SIZE),
        ):
            if n > most:
                raise ConfigError(f"This server makes at most {most:,} {what}, not {n:,}.")

    def _is_inside(self, data: str) -> bool:
        """Whether it lies in a folder that is open, whatever links lead there."""
        places = map(real, (*self.folders, *(n for n in self.named if not n.startswith(HUB))))
        path = real(data)
        return any(os.path.commonpath([path, place]) == place for place in places)


def limited(data: str, folders: Sequence[str], hub: bool) -> Access:
    """What visitors of a server may open whose owner named these data and folders."""
    return Access(everything=False, named=(data,), folders=tuple(folders), hub=hub)


def visitor_of(request: Any) -> str:
    """Who sends a request of Gradio or FastAPI: the address it came from, for want of logins.

    What stands in a cookie or in the session's name could be another each time. "" is the owner's
    own program.
    """
    return str(request.client.host) if request is not None and request.client else ""


def real(path: str) -> str:
    """The path without links, absolute."""
    return os.path.realpath(os.path.expanduser(path))


def _shown(data: str) -> str:
    return data if data.startswith(HUB) else os.path.basename(data.rstrip("/")) or data


def _listed(names: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(names))
