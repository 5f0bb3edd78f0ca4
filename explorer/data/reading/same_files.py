"""Whether files of different names hold the same."""

import filecmp
import os
from collections.abc import Sequence
from pathlib import Path

_COMPARED = 64
"""Pairs, spread over all, of which the bytes are compared; of the others the sizes are."""


def first_different(root: Path, pairs: Sequence[tuple[str, str]]) -> tuple[str, str] | None:
    """The first pair of paths below a folder whose files differ, or None where none does."""
    step = max(1, len(pairs) // _COMPARED)
    for number, (one, other) in enumerate(pairs):
        if one != other and not _same(root / one, root / other, deep=number % step == 0):
            return one, other
    return None


def _same(one: Path, other: Path, deep: bool) -> bool:
    try:
        if one.stat().st_size != other.stat().st_size:
            return False
        return not deep or os.path.samefile(one, other) or filecmp.cmp(one, other, shallow=False)
    except OSError:
        return False
