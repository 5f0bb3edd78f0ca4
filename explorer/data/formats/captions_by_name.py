"""JSON that has the captions of each image under its name: `{"boat.jpg": "A boat."}`.

A text, a list of them, or an object with the text under `caption`; names may lack their suffix. In
a file called as labels or classes are, `{"boat.jpg": 3}` says the class. In the folder or in one
below; a split in the file's name is followed, as in `captions_train.json`.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from explorer.data.images import SUFFIXES
from explorer.data.left_out import LeftOut, place_of
from explorer.data.reading.cells import as_captions, label_in
from explorer.data.reading.json_lists import not_json, peeked
from explorer.data.reading.places import fits, locate_all
from explorer.data.reading.text import head, read_text
from explorer.data.records import Reading, Record
from explorer.data.splits import by_split

NAME = "JSON of captions by name"
LAYOUT = 'a .json such as {"boat.jpg": "A boat."}, with a text or a list for each image'
_SUFFIX = "|".join(re.escape(each) for each in sorted(SUFFIXES))
_TEXT = r'"|\[\s*["\]]|\{[^{}]*"(?:caption|raw)"\s*:'
_CONTENT = re.compile(rf'\s*\{{\s*"([^"]*?)({_SUFFIX})?"\s*:\s*({_TEXT})?', re.I)
_LABELS = re.compile("label|class", re.I)


def signs(folder: Path) -> list[Path]:
    return [path for path in peeked(folder, _CONTENT, deepest=1) if is_by_name(path, folder)]


def is_by_name(path: Path, folder: Path) -> bool:
    """Whether a file begins with the name of an image and captions of it, or a label.

    A name without a suffix is one of an image where that is in the folder.
    """
    match = _CONTENT.match(head(path))
    if match is None:
        return False
    name, suffix, text = match.groups()
    if suffix:
        return bool(text or _LABELS.search(path.stem))
    is_object = path.suffix.lower() == ".json" and not _LABELS.search(path.stem)
    return is_object and bool(text) and fits(folder, [name])


def read(folder: Path) -> Reading | None:
    paths = signs(folder)
    return locate_all(folder, by_split(folder, paths), _records) if paths else None


def _records(path: Path, split: str, left_out: LeftOut) -> Iterator[Record]:
    says_labels = bool(_LABELS.search(path.stem))
    for name, value in _members(path):
        if says_labels:
            yield Record(split, name, (), name, label_in({"label": value}, "label", left_out))
            continue
        captions = as_captions(value)
        if captions is None:
            left_out.add("names whose captions are no text", f"{name} in {place_of(path)}")
        else:
            yield Record(split, name, captions, name)


def _members(path: Path) -> list[tuple[str, Any]]:
    """All members of the object that a file is: a name that comes again has more captions."""
    try:
        members: list[tuple[str, Any]] = json.loads(read_text(path), object_pairs_hook=list)
    except (ValueError, RecursionError) as error:
        raise not_json(path, error) from error
    return [(name, _as_object(value)) for name, value in members]


def _as_object(value: Any) -> Any:
    """An object in place of its members."""
    is_object = isinstance(value, list) and value and isinstance(value[0], tuple)
    return dict(value) if is_object else value
