"""The edits that people made to prepared prototypes, kept beside them, with what was undone.

<root>/edits/<key>.json, where the key is that of the prototypes before any edit.
"""

import json
from pathlib import Path
from typing import NamedTuple

from explorer.config import Edit
from explorer.errors import BadDataError, ConfigError, ExplorerError
from explorer.store.reading import read_object
from explorer.store.store import Store
from explorer.store.writing import write_aside


class History(NamedTuple):
    """Edits in order, and those that were undone; each change gives another history."""

    done: tuple[Edit, ...] = ()
    undone: tuple[Edit, ...] = ()  # the one to make again first stands last

    def add(self, edit: Edit) -> "History":
        return History((*self.done, edit))

    def undo(self) -> "History":
        if not self.done:
            raise ConfigError("There is no edit to undo.")
        return History(self.done[:-1], (*self.undone, self.done[-1]))

    def redo(self) -> "History":
        if not self.undone:
            raise ConfigError("There is no edit to make again.")
        return History((*self.done, self.undone[-1]), self.undone[:-1])

    def undo_all(self) -> "History":
        return History((), (*self.undone, *reversed(self.done)))


def read_history(store: Store, key: str) -> History:
    """The edits of the prototypes with this key; none where nobody made one."""
    path = _path(store, key)
    if not path.exists():
        return History()
    try:
        values = read_object(path)
        return History(*(tuple(map(Edit.from_json, values[part])) for part in History._fields))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ExplorerError) as error:
        raise BadDataError(
            f"The edits in {path} cannot be read: {error}. Delete it to go on without them."
        ) from error


def write_history(store: Store, key: str, history: History) -> None:
    """Keeps the edits; a kill leaves those before or these."""
    path = _path(store, key)
    path.parent.mkdir(parents=True, exist_ok=True)
    values = {part: [each.as_json() for each in edits] for part, edits in history._asdict().items()}
    write_aside(path, json.dumps(values, indent=1).encode())


def _path(store: Store, key: str) -> Path:
    return store.root / "edits" / f"{key}.json"
