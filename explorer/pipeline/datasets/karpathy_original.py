"""Karpathy's own files: `dataset_flickr8k.json`, `dataset_flickr30k.json`, `dataset_coco.json`.

One object with a list `images`; each has its split, its `filename` (COCO's also a `filepath`) and
`sentences` with the text as people wrote it under `raw`.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from explorer.errors import BadDataError
from explorer.pipeline.datasets.fields import as_captions
from explorer.pipeline.datasets.folder import nearest_files, pictures_below
from explorer.pipeline.datasets.json_lists import peeked, read_list
from explorer.pipeline.datasets.records import Reading, Record
from explorer.pipeline.datasets.splits import split_named

NAME = "Karpathy's dataset JSON"
LAYOUT = "dataset_<name>.json with `images` that have `filename`, `split` and `sentences`"
_CONTENT = re.compile(r'\s*\{.*"(sentids|sentences)"\s*:', re.S)


def read(folder: Path) -> Reading | None:
    paths = peeked(folder, _CONTENT) or nearest_files(folder, "dataset_*.json")
    if not paths:
        return None
    if len(paths) > 1:
        raise BadDataError(
            f"{folder} has several datasets, {', '.join(path.name for path in paths)}; keep one "
            "dataset per folder."
        )
    pictures, records, notes = pictures_below(folder, _records(paths[0]))
    return Reading(records, pictures, notes)


def _records(path: Path) -> Iterator[Record]:
    for number, row in enumerate(read_list(path, "images")):
        fields = row if isinstance(row, dict) else {}
        file, where, sentences = (fields.get(k) for k in ("filename", "filepath", "sentences"))
        split, captions = split_named(str(fields.get("split"))), as_captions(sentences)
        if not isinstance(file, str) or split is None or captions is None:
            raise BadDataError(
                f"{path}, image {number}: `filename`, `split` and `sentences` are needed."
            )
        name = f"{where}/{file}" if isinstance(where, str) and where else file
        yield Record(split, name, captions, name)
