"""COCO's own caption files: `captions_train2017.json` and `captions_val2017.json`, or of 2014.

One object each: in `images` an `id` has a `file_name`, in `annotations` an `image_id` a `caption`.
Pictures lie in folders called `train2017` and `val2017`.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from explorer.errors import BadDataError
from explorer.pipeline.datasets.folder import nearest_files, pictures_below
from explorer.pipeline.datasets.json_lists import read_list
from explorer.pipeline.datasets.records import Reading, Record
from explorer.pipeline.datasets.splits import Files, merged

NAME = "COCO captions"
LAYOUT = "captions_train2017.json and captions_val2017.json, in the folder or in annotations/"
_FILE = re.compile(r"captions_((train|val)\d*)\.json")


def read(folder: Path) -> Reading | None:
    paths = [path for path in nearest_files(folder, "captions_*.json") if _FILE.match(path.name)]
    if not paths:
        return None
    files = merged({_match(path)[2]: path} for path in paths)
    pictures, records, notes = pictures_below(folder, _records(files))
    return Reading(records, pictures, notes)


def _match(path: Path) -> re.Match[str]:
    match = _FILE.match(path.name)
    assert match is not None, path
    return match


def _records(files: Files) -> Iterator[Record]:
    for split, path in files.items():
        folder = _match(path)[1]
        names = dict(_fields(path, "images", "id", "file_name"))
        for image, caption in _fields(path, "annotations", "image_id", "caption"):
            if image not in names or not isinstance(caption, str):
                raise BadDataError(f"{path}: the picture {image!r} of a caption is not in it.")
            name = f"{folder}/{names[image]}"
            yield Record(split, name, [caption], name)


def _fields(path: Path, key: str, first: str, second: str) -> Iterator[tuple[Any, Any]]:
    for number, row in enumerate(read_list(path, key)):
        fields = row if isinstance(row, dict) else {}
        if not isinstance(fields.get(first), int | str) or second not in fields:
            raise BadDataError(f"{path}, {key} {number}: `{first}` and `{second}` are needed.")
        yield fields[first], fields[second]
