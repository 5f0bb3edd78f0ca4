"""Karpathy's own files: `dataset_flickr8k.json`, `dataset_flickr30k.json`, `dataset_coco.json`.

One object with a list `images`; each has its split, its `filename` (COCO's also a `filepath`) and
`sentences` with the text as people wrote it under `raw`.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from explorer.data.left_out import LeftOut, place_of
from explorer.data.reading.cells import as_captions
from explorer.data.reading.folder import all_files, nearest_files
from explorer.data.reading.json_lists import peeked, read_list
from explorer.data.reading.places import Table, locate
from explorer.data.reading.text import head, tail
from explorer.data.records import Reading, Record
from explorer.data.splits import split_named
from explorer.errors import BadDataError

NAME = "Karpathy's dataset JSON"
LAYOUT = "dataset_<name>.json with `images` that have `filename`, `split` and `sentences`"
_FILES = "dataset_*.json"
_CONTENT = re.compile(r'\s*\{.*"(sentids|sentences)"\s*:', re.S)
_IMAGES = re.compile(r'"images"\s*:\s*\[')
_USED = ("filename", "filepath", "sentences", "split")


def signs(folder: Path) -> list[Path]:
    return peeked(folder, _CONTENT) or [*filter(_is_own, all_files(folder, _FILES, deepest=1))]


def _is_own(path: Path) -> bool:
    """Whether a file has images, and tells not only of tables, as the Hub's libraries write it."""
    return any(map(_IMAGES.search, (head(path), tail(path))))


def is_original(path: Path) -> bool:
    """Whether a file begins as Karpathy's own do."""
    return bool(_CONTENT.match(head(path)))


def read(folder: Path) -> Reading | None:
    paths = peeked(folder, _CONTENT) or [*filter(_is_own, nearest_files(folder, _FILES))]
    if not paths:
        return None
    if len(paths) > 1:
        raise BadDataError(
            f"{folder} has several datasets, {', '.join(path.name for path in paths)}; keep one "
            "dataset per folder."
        )
    left_out = LeftOut()
    return locate(folder, [Table(paths[0], _records(paths[0], left_out))], left_out)


def _records(path: Path, left_out: LeftOut) -> Iterator[Record]:
    for number, row in enumerate(read_list(path, left_out, "images")):
        fields = row if isinstance(row, dict) else {}
        file, where, sentences = (fields.get(k) for k in ("filename", "filepath", "sentences"))
        split, captions = split_named(str(fields.get("split"))), as_captions(sentences)
        if split is None and "split" in fields:
            left_out.add("images of an unknown split", f"{fields['split']} of {file}")
            continue
        if not isinstance(file, str) or split is None or captions is None:
            has_all = isinstance(file, str) and split is not None and sentences is not None
            lacking = "images without `filename`, `split` and `sentences`"
            reason = "images whose `sentences` are no texts" if has_all else lacking
            left_out.add(reason, f"image {number} of {place_of(path)}")
            continue
        name = f"{where}/{file}" if isinstance(where, str) and where else file
        rest = {key: value for key, value in fields.items() if key not in _USED}
        yield Record(split, name, captions, name, columns=rest)
