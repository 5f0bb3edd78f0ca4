"""COCO's own caption files: `captions_train2017.json` and `captions_val2017.json`, or of 2014.

One object each: in `images` an `id` has a `file_name`, in `annotations` an `image_id` a `caption`.
Those that others made alike may have any name that says a split, such as `test.json`, or any in a
folder that says it, such as `train/_annotations.coco.json`. Images lie in folders called
`train2017` and `val2017`, or elsewhere.
"""

import re
from collections.abc import Callable, Iterator, Sequence, Set
from pathlib import Path
from typing import Any

from explorer.data.left_out import LeftOut, place_of
from explorer.data.reading.cells import as_captions
from explorer.data.reading.folder import all_files, folders_below, nearest_files
from explorer.data.reading.json_lists import read_list
from explorer.data.reading.places import Table, locate
from explorer.data.reading.text import head, tail
from explorer.data.records import Reading, Record
from explorer.data.splits import WORDS, merged, split_named

NAME = "COCO captions"
LAYOUT = "captions_train2017.json and captions_val2017.json, in the folder or in annotations/"
_FILE = re.compile(rf"(|.*[^a-z])(({WORDS})\d*)([^a-z].*)?\.json", re.I)
_CONTENT = re.compile(r'\s*\{\s*"(info|images|annotations|licenses|categories|type)"\s*:')
_CAPTIONS = '"caption"'
_FILES = ("captions_*.json", "*train*.json", "*val*.json", "*test*.json", "*dev*.json")
_FEW = 20
_USED = ("id", "file_name")
Image = tuple[str, dict[str, Any]]
"""The name of its file, and what else is said of it."""


def signs(folder: Path) -> list[Path]:
    return _with_captions(all_files(folder, *_FILES, deepest=1)) or _of_any_name(folder)


def _of_any_name(folder: Path) -> list[Path]:
    paths = all_files(folder, "*.json")
    return list(filter(_has_captions, paths)) if len(paths) <= _FEW else []


def read(folder: Path) -> Reading | None:
    paths = _with_captions(nearest_files(folder, *_FILES)) or signs(folder)
    return reading_of(folder, paths, _records) if paths else None


def reading_of(
    folder: Path,
    paths: Sequence[Path],
    records: Callable[[Path, str, Set[str], LeftOut], Iterator[Record]],
) -> Reading:
    """What files of images in COCO's way hold.

    `records` reads one, given its split, the names of folders, and what counts what is left out.
    """
    files = merged({_split(folder, path): path} for path in paths)
    left_out = LeftOut()
    known = {each.name for each in folders_below(folder)}
    tables = (Table(path, records(path, split, known, left_out)) for split, path in files.items())
    return locate(folder, tables, left_out)


def is_coco(path: Path) -> bool:
    """Whether a file begins as those of COCO do, with captions or others."""
    return bool(_CONTENT.match(head(path)))


def _with_captions(paths: Sequence[Path]) -> list[Path]:
    """Those that are called `captions_*`, or else those that are made alike, and name a split."""
    named = [path for path in paths if _FILE.fullmatch(path.name)]
    own = [path for path in named if path.name.lower().startswith("captions_")]
    if own:
        return own
    if len(named) > _FEW:  # the captions of single images
        return []
    return list(filter(_has_captions, named))


def _has_captions(path: Path) -> bool:
    return is_coco(path) and _CAPTIONS in head(path) + tail(path)


def _split(folder: Path, path: Path) -> str:
    """The split that a file's name or folder says, or ""."""
    match = _FILE.fullmatch(path.name)
    return split_named(match[3] if match else str(path.relative_to(folder))) or ""


def _records(path: Path, split: str, known: Set[str], left_out: LeftOut) -> Iterator[Record]:
    """Images are looked for in the folder that is called as they should be, if there is one."""
    images, shared = images_in(path, left_out)
    for row in rows_in(path, "annotations", "image_id", "caption", left_out):
        image, captions = str(row["image_id"]), as_captions(row["caption"])
        which = f"a caption of the image {image} in {place_of(path)}"
        if image in shared:
            left_out.add("captions of an `id` that several images have", which)
        elif image not in images:
            left_out.add("captions of an image that is not in the file", which)
        elif captions is None:
            left_out.add("captions that are no text", which)
        else:
            file, rest = images[image]
            name, place = name_and_place(path, file, known)
            yield Record(split, name, captions, place, columns=rest)


def name_and_place(path: Path, file: str, known: Set[str]) -> tuple[str, str]:
    """What an image is called, and where it is looked for; `known` are names of folders."""
    match = _FILE.fullmatch(path.name)
    folder = match[2] if match else ""
    name = f"{folder}/{file.removeprefix(f'{folder}/')}" if folder else file
    return name, name if folder in known and "/" not in file else file


def images_in(path: Path, left_out: LeftOut) -> tuple[dict[str, Image], set[str]]:
    """The images by their ids, and ids that several images have.

    Ids are numbers, or the same in quotation marks.
    """
    images: dict[str, Image] = {}
    shared: set[str] = set()
    for row in rows_in(path, "images", "id", "file_name", left_out):
        image, file = str(row["id"]), row["file_name"]
        if not isinstance(file, str):
            continue
        if image in images and images[image][0] != file:
            shared.add(image)
        images[image] = file, {key: value for key, value in row.items() if key not in _USED}
    return images, shared


def rows_in(
    path: Path, key: str, first: str, second: str, left_out: LeftOut
) -> Iterator[dict[str, Any]]:
    """The objects of a list that have an identity under the first key, and the second."""
    for number, row in enumerate(read_list(path, left_out, key)):
        fields = row if isinstance(row, dict) else {}
        identity = fields.get(first)
        if isinstance(identity, float) and identity.is_integer():  # as pandas writes them
            fields[first] = int(identity)
        if isinstance(fields.get(first), int | str) and second in fields:
            yield fields
        else:
            reason = f"{key} without `{first}` and `{second}`"
            left_out.add(reason, f"{key} {number} of {place_of(path)}")
