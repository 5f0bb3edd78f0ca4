"""`verify`: says what of a cache or a set is damaged."""

import argparse
from pathlib import Path
from typing import Any

from explorer.commands.options import add_command
from explorer.commands.terminal import EXIT_WRONG, answer
from explorer.errors import MissingDataError
from explorer.sets.folder import verify_set
from explorer.store.own import is_distilled
from explorer.store.store import verify_store


def add(commands: Any) -> None:
    """Adds the command."""
    about = "read through a cache or a distilled set, and say what is not as it was written"
    each = add_command(commands, "verify", _verify, about, unused=("--cache", "--bundle"))
    each.add_argument("folder", type=Path, metavar="CACHE_OR_SET")


def _verify(options: argparse.Namespace) -> int:
    """Says what of a cache or a set is damaged; 2 where anything is."""
    folder = options.folder
    if not folder.is_dir():
        raise MissingDataError(f"There is no folder {folder}; name a cache or a distilled set.")
    found = verify_set(folder) if is_distilled(folder) else verify_store(folder)
    what = "files" if is_distilled(folder) else "results"
    told = f"{found.n_whole:,} {what} are as they were written, {len(found.damaged):,} are not"
    told += f"; of {found.n_unrecorded:,} only the sizes are known." if found.n_unrecorded else "."
    lines = [*(f"Damaged: {each}" for each in found.damaged), told]
    done = answer(options, "\n".join(lines), found._asdict())
    return EXIT_WRONG if found.damaged else done
