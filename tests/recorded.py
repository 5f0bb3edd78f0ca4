"""Outputs of official implementations, recorded elsewhere.

One folder holds them as `<kind>.npz`, and further ones as `<kind>` with anything behind it that
does not begin with a letter. Shapes, seeds and variants are taken from each file.
"""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

FOLDER = Path(
    os.environ.get("EXPLORER_REFERENCE")
    or Path(__file__).resolve().parents[1] / ".." / "shared" / "reference"
)


def recorded(*kinds: str) -> pytest.MarkDecorator:
    """Runs a test with `case`, each file of these kinds; skipped, saying so, where there is none.

    A file is read when its test runs, so that collecting costs nothing.
    """
    patterns = [each for kind in kinds for each in (f"{kind}.npz", f"{kind}[!a-z]*.npz")]
    found = sorted(path for pattern in patterns for path in FOLDER.glob(pattern))
    marks: list[Any] = [pytest.mark.recorded]
    if not found:
        reason = f"no recorded case {', '.join(kinds)} in {FOLDER.name}/"
        missing = pytest.param(None, marks=[*marks, pytest.mark.skip(reason=reason)], id=kinds[0])
        return pytest.mark.parametrize("case", [missing])
    cases = [pytest.param(path, marks=marks, id=path.stem) for path in found]
    return pytest.mark.parametrize("case", cases)


def read(path: Path) -> dict[str, np.ndarray]:
    """The arrays of a case."""
    with np.load(path, allow_pickle=False) as arrays:
        return dict(arrays)


def as_json(arrays: Mapping[str, np.ndarray], name: str) -> Any:
    """A text of a case that holds JSON."""
    return json.loads(str(arrays[name]))


def variants(arrays: Mapping[str, np.ndarray], pattern: str) -> list[tuple[str, ...]]:
    """What the groups of a pattern say in the names of a case's arrays; there must be some."""
    found = [match.groups() for match in map(re.compile(pattern).fullmatch, arrays) if match]
    assert found, f"nothing is called {pattern}"
    return found


def part(arrays: Mapping[str, np.ndarray], prefix: str) -> dict[str, np.ndarray]:
    """The arrays whose names begin with `prefix`, without it."""
    return {
        name.removeprefix(prefix): each for name, each in arrays.items() if name.startswith(prefix)
    }
