"""A Hugging Face imagefolder: <split>/metadata.jsonl beside the pictures.

Each line has `file_name`, relative to the split's folder, and `caption`, a text or a list. The sets
that this program distills look like this, too.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from explorer.errors import BadDataError
from explorer.pipeline.datasets.karpathy import as_captions
from explorer.pipeline.datasets.records import make_pairs
from explorer.types import Pairs

NAME = "Hugging Face imagefolder"
LAYOUT = "train/metadata.jsonl with `file_name` and `caption`"
_FOLDERS = {"train": "train", "val": "val", "validation": "val", "test": "test"}


def read(folder: Path) -> dict[str, Pairs] | None:
    """The splits of such a folder, or None where it is not one."""
    splits = {
        split: folder / name / "metadata.jsonl"
        for name, split in _FOLDERS.items()
        if (folder / name / "metadata.jsonl").is_file()
    }
    if not splits:
        return None
    return {split: make_pairs(folder, _records(path)) for split, path in splits.items()}


def _records(path: Path) -> Iterator[tuple[str, list[str]]]:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise BadDataError(f"{path}, line {number} is not JSON: {error}.") from error
        name = row.get("file_name") if isinstance(row, dict) else None
        captions = as_captions(row.get("caption")) if isinstance(row, dict) else None
        if not isinstance(name, str) or captions is None:
            raise BadDataError(f"{path}, line {number}: `file_name` and `caption` are needed.")
        yield f"{path.parent.name}/{name}", captions
