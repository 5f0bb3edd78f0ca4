"""The JSON files of BLIP and ALBEF: Flickr30k and COCO in Karpathy's split.

`train.json` or `<name>_train.json`: one object per caption; val and test: one object per picture
with a list of captions, or a single one. Pictures are named relative to the folder.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from explorer.errors import BadDataError
from explorer.pipeline.datasets.records import make_pairs
from explorer.types import Pairs

NAME = "BLIP/ALBEF Karpathy JSON"
LAYOUT = "train.json, val.json, test.json (or <name>_train.json ...) with `image` and `caption`"


def read(folder: Path) -> dict[str, Pairs] | None:
    """The splits of such a folder, or None where it is not one."""
    files: dict[str, Path] = {}
    for path in sorted(folder.glob("*.json")):
        match = re.fullmatch(r"(?:.*_)?(train|val|test)\.json", path.name)
        if match is None:
            continue
        if match[1] in files:
            raise BadDataError(
                f"{folder} has two files for the {match[1]} split, {files[match[1]].name} and "
                f"{path.name}; keep one dataset per folder."
            )
        files[match[1]] = path
    if not files:
        return None
    return {split: make_pairs(folder, _records(path)) for split, path in files.items()}


def _records(path: Path) -> Iterator[tuple[str, list[str]]]:
    try:
        rows = json.loads(path.read_bytes())
    except ValueError as error:
        raise BadDataError(f"{path} is not JSON: {error}.") from error
    if not isinstance(rows, list):
        raise BadDataError(f"{path} must hold a list of objects with `image` and `caption`.")
    for number, row in enumerate(rows):
        image = row.get("image") if isinstance(row, dict) else None
        captions = as_captions(row.get("caption")) if isinstance(row, dict) else None
        if not isinstance(image, str) or captions is None:
            raise BadDataError(f"{path}, object {number}: `image` and `caption` are needed.")
        yield image, captions


def as_captions(value: object) -> list[str] | None:
    """A caption or a list of them as a list; None where it is neither."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return value
    return None
