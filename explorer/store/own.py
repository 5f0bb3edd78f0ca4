"""Which folders this program wrote: what it made of data is not to be read as the data."""

import json
from pathlib import Path
from typing import Any

CONVERTED = "converted_from"
"""The key of `config.json` in a dataset that was converted."""
_LARGEST = 1 << 24
_SET = {"method", "found", "plan"}


def is_distilled(folder: Path) -> bool:
    """Whether a folder holds a set that this program made, or an export of one."""
    return _object(folder / "config.json").keys() >= _SET


def is_own(folder: Path) -> bool:
    """Whether a folder is a distilled or converted set, an export, a run, a sweep or a cache."""
    if (folder / "locks").is_dir():
        return next(folder.glob("*/*/manifest.json"), None) is not None
    if (folder / "config.json").is_file():
        values = _object(folder / "config.json")
        is_run = (folder / "events.jsonl").exists() or (folder / "status.json").exists()
        return values.keys() >= _SET or CONVERTED in values or is_run
    return (folder / "scores.json").is_file() and (folder / "table.md").is_file()


def _object(path: Path) -> dict[str, Any]:
    """What a JSON file holds; nothing where it is none, or no object."""
    try:
        values = json.loads(path.read_bytes()) if path.stat().st_size < _LARGEST else None
    except (OSError, ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}
