"""The JSON files of BLIP and ALBEF: Flickr30k and COCO in Karpathy's split.

`train.json` or `<name>_train.json`: one object per caption; val and test: one object per image
with a list of captions, or a single one. EDGE calls the caption `prompt`. Such a list may also
stand under a key of an object, or one under each of `train`, `val` and `test`.

PDS keeps the files beside the images, LoRS in a folder of their own (`--ann_root`), MDM in
`annotations/<name>` beside `datasets/<name>`. So they are looked for in the folder, in `ann*` in
it, and in `ann*` around it, where they count only if images that they name are in the folder.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

from explorer.data.formats import captions_by_name, coco, conversations, karpathy_original
from explorer.data.left_out import LeftOut, place_of
from explorer.data.reading.cells import captions_in, label_in, name_in, split_in
from explorer.data.reading.columns import LOOKED_AT, with_split
from explorer.data.reading.field_names import CAPTIONS, IMAGES, LABELS
from explorer.data.reading.fields import Fields
from explorer.data.reading.folder import files_in, subfolders
from explorer.data.reading.json_lists import keys_of, peeked, read_list
from explorer.data.reading.places import fits, locate_all
from explorer.data.reading.text import head, read_text
from explorer.data.records import Reading, Record
from explorer.data.splits import WORDS, Files, merged, split_called, split_named
from explorer.errors import BadDataError

NAME = "BLIP/ALBEF Karpathy JSON"
LAYOUT = (
    "train.json, val.json, test.json (or <name>_train.json ...) with `image` and `caption`, in the "
    "folder or in annotations/"
)
_FILE = re.compile(rf"(|.*?(?:[^A-Za-z]|(?=[A-Z])))(?i:({WORDS})\.jsonl?)")
"""What a split is called, maybe behind another word: `flickr30k_train.json`, not `latest.json`."""
_IMAGE = re.compile(r'"image"\s*:\s*"([^"]*)"')
_IMAGES = ("image", *IMAGES)
_CAPTIONS = ("caption", "prompt", *CAPTIONS)
"""Keys in upper or lower case; those that the published files have come first."""
_KEYS = rf'(?=[^{{}}]*"({"|".join(_IMAGES)})"\s*:)[^{{}}]*"({"|".join((*_CAPTIONS, *LABELS))})"\s*:'
_CAPTION_ROWS = re.compile(rf"\s*\[\s*\{{{_KEYS}|\s*\{{(?=[^\n]*\}}[ \t\r]*\n\s*\{{){_KEYS}", re.I)
"""How a list of objects begins, or a file with one in each line."""
_UNDER_KEY = re.compile(
    rf'\s*\{{\s*(?:"[^"]*"\s*:\s*(?:"[^"]*"|[\w.+-]+)\s*,\s*)*"([^"]*)"\s*:\s*\[\s*\{{{_KEYS}', re.I
)
"""How an object begins that has such a list under a key, which may be a split."""
_PEEKED = 400


def signs(folder: Path) -> list[Path]:
    return list(dict.fromkeys((*_find(folder).values(), *_tables(folder))))


def read(folder: Path) -> Reading | None:
    files = _find(folder)
    if not files:
        return None
    reading = locate_all(folder, files, _records)
    place = next(iter(files.values())).parent
    if place != folder:
        reading.notes.insert(0, f"Captions are in {place}.")
    return reading


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
        for path in files_in(folder, "*.json", "*.jsonl"):
            match = _FILE.fullmatch(path.name)
            if match and not _is_of_others(path):
                split = split_named(match[2]) or ""
                groups.setdefault((folder, match[1]), []).append({split: path})
    return [merged(group) for group in groups.values()]


def _is_of_others(path: Path) -> bool:
    """Whether a file of such a name is of another format by what is in it."""
    is_other = coco.is_coco(path) or conversations.is_conversations(path)
    return is_other or captions_by_name.is_by_name(path, path.parent)


def _file_without_split(folder: Path) -> Files:
    """A single file with captions that names no split; all of it is for training."""
    return merged({"": path} for path in _tables(folder))


def _tables(folder: Path) -> list[Path]:
    """Those that begin as one, but for what is an imagefolder's."""
    found = [*peeked(folder, _CAPTION_ROWS), *filter(_is_under_key, peeked(folder, _UNDER_KEY))]
    return [path for path in found if path.name.lower() != "metadata.jsonl"]


def _is_under_key(path: Path) -> bool:
    """Whether its list is none of Karpathy's or of COCO's own files."""
    return not (coco.is_coco(path) or karpathy_original.is_original(path))


def _fits(files: Files, folder: Path) -> bool:
    """Whether a folder has any of the images that the smallest of the files names."""
    path = min(files.values(), key=lambda each: each.stat().st_size)
    names = [each.replace("\\/", "/") for each in _IMAGE.findall(read_text(path))]
    return fits(folder, names[:: max(1, len(names) // _PEEKED)])


def _records(path: Path, split: str, left_out: LeftOut) -> Iterator[Record]:
    number = -1
    rows = _objects(path, split, left_out)
    first = list(islice(rows, LOOKED_AT))
    known: dict[tuple[str, ...], Fields] = {}
    for number, (split, row) in enumerate(chain(first, rows)):
        if (own := tuple(row)) not in known:
            fields = _fields_of(own)
            known[own] = fields if split else with_split(fields, [row for _, row in first])
        fields = known[own]
        image, captions = name_in(row, fields.image), captions_in(row, fields.captions)
        label = label_in(row, fields.label, left_out)
        said = split_in(row, fields.split, split)
        if not image or captions is None or not (fields.captions or fields.label):
            left_out.add(
                "objects without `image` and `caption`", f"object {number} of {place_of(path)}"
            )
        elif said is None:
            left_out.add("rows of an unknown split", row[fields.split or ""])
        else:
            yield Record(said, image, captions, image, label, fields.rest(row))
    if number < 0:
        raise BadDataError(f"The {split or 'train'} split of {path.parent} has no captions.")


def _objects(path: Path, split: str, left_out: LeftOut) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The objects of a file, {} for what is none, and the split that each is in."""
    under = _UNDER_KEY.match(head(path))
    keys = [under[1]] if under else [""]
    if under and split_called(under[1]):
        keys = [key for key in keys_of(path) if split_called(key)]
    for key in keys:
        for row in read_list(path, left_out, key):
            yield split_called(key) or split, row if isinstance(row, dict) else {}


def _fields_of(own: tuple[str, ...]) -> Fields:
    """The keys that matter in an object with these; the image's may be "", for none."""
    image, caption, split, label = (
        _first_of(wanted, own) for wanted in (_IMAGES, _CAPTIONS, ["split"], LABELS)
    )
    label = None if caption else label
    others = tuple(key for key in own if key not in (image, caption, split, label))
    captions = (caption,) if caption else ()
    return Fields(image or "", captions, split, None, None, label, others)


def _first_of(wanted: Sequence[str], keys: Sequence[str]) -> str | None:
    """The first of the wanted keys, in upper or lower case; None where none is."""
    by_name = {key.lower(): key for key in keys}
    return next((by_name[key] for key in wanted if key in by_name), None)
