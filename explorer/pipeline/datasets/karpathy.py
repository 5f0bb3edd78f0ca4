"""The JSON files of BLIP and ALBEF: Flickr30k and COCO in Karpathy's split.

`train.json` or `<name>_train.json`: one object per caption; val and test: one object per picture
with a list of captions, or a single one. EDGE calls the caption `prompt`.

PDS keeps the files beside the pictures, LoRS in a folder of their own (`--ann_root`), MDM in
`annotations/<name>` beside `datasets/<name>`. So they are looked for in the folder, in `ann*` in
it, and in `ann*` around it, where they count only if pictures that they name are in the folder.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from explorer.errors import BadDataError
from explorer.pipeline.datasets.fields import as_captions
from explorer.pipeline.datasets.folder import count_there, find_root, pictures_below, subfolders
from explorer.pipeline.datasets.json_lists import head, peeked, read_list
from explorer.pipeline.datasets.records import Reading, Record
from explorer.pipeline.datasets.splits import Files, merged, split_named

NAME = "BLIP/ALBEF Karpathy JSON"
LAYOUT = (
    "train.json, val.json, test.json (or <name>_train.json ...) with `image` and `caption`, in the "
    "folder or in annotations/"
)
_FILE = re.compile(r"(.*?)[_.-]?(train|training|val|valid|validation|dev|test)\.json", re.I)
_PICTURE = re.compile(r'"image"\s*:\s*"([^"]*)"')
_CAPTION_ROWS = re.compile(r'\s*\[\s*\{[^{}]*"(caption|prompt)"\s*:')
_PEEKED = 20


def read(folder: Path) -> Reading | None:
    files = _find(folder)
    if not files:
        return None
    pictures, records, notes = pictures_below(folder, _records(files))
    place = next(iter(files.values())).parent
    if place != folder:
        notes.insert(0, f"Captions are in {place}.")
    return Reading(records, pictures, notes)


def _find(folder: Path) -> Files:
    if own := _datasets_in([folder]):
        return merged(own)
    if single := _file_without_split(folder):
        return single
    if inside := _datasets_in(_annotations(folder)):
        return merged([files for files in inside if _fits(files, folder)] or inside)
    real = folder.resolve()
    around = _datasets_in([*_annotations(real.parent), *_annotations(real.parent.parent)])
    return merged(files for files in around if _fits(files, folder))


def _annotations(folder: Path) -> Iterator[Path]:
    """`ann*` and `*_ann` in a folder, and the folders in them."""
    for each in subfolders(folder):
        if re.match(r"ann|.*[_-]ann", each.name, re.I):
            yield each
            yield from subfolders(each)


def _datasets_in(folders: Iterable[Path]) -> list[Files]:
    """Files that stand together and have the same name but for the split are one dataset."""
    groups: dict[tuple[Path, str], list[Files]] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.json")):
            if (match := _FILE.fullmatch(path.name)) and path.is_file():
                split = split_named(match[2]) or ""
                groups.setdefault((folder, match[1]), []).append({split: path})
    return [merged(group) for group in groups.values()]


def _file_without_split(folder: Path) -> Files:
    """A single file with captions that names no split; all of it is for training."""
    return merged({"train": path} for path in peeked(folder, _CAPTION_ROWS))


def _fits(files: Files, folder: Path) -> bool:
    """Whether a folder has pictures that the files name first."""
    path = min(files.values(), key=lambda each: each.stat().st_size)
    names = [each.replace("\\/", "/") for each in _PICTURE.findall(head(path))[:_PEEKED]]
    return count_there(find_root(folder, names), names) > 0


def _records(files: Files) -> Iterator[Record]:
    for split, path in files.items():
        number = -1
        for number, row in enumerate(read_list(path)):
            image = row.get("image") if isinstance(row, dict) else None
            captions = _captions(row) if isinstance(row, dict) else None
            if not isinstance(image, str) or captions is None:
                raise BadDataError(f"{path}, object {number}: `image` and `caption` are needed.")
            yield Record(split, image, captions, image)
        if number < 0:
            raise BadDataError(f"The {split} split of {path.parent} has no captions.")


def _captions(row: dict[str, object]) -> list[str] | None:
    for key in ("caption", "prompt"):
        if key in row:
            return as_captions(row[key])
    return None
