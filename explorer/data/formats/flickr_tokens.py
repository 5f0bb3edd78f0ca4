r"""Flickr8k and Flickr30k as they are downloaded: a token file, and for Flickr8k lists of splits.

`Flickr8k.token.txt` or `results_20130124.token`: `image.jpg#0<TAB>caption`, a line per caption.
Lists of splits (`Flickr_8k.trainImages.txt`, or `train.txt` ...) are followed as beside any data.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from explorer.data.images import is_image_name
from explorer.data.left_out import LeftOut, place_of
from explorer.data.reading.folder import nearest_files
from explorer.data.reading.places import Table, locate
from explorer.data.reading.text import read_text
from explorer.data.records import Reading, Record
from explorer.errors import BadDataError

NAME = "Flickr token file"
LAYOUT = "Flickr8k.token.txt with Flickr_8k.trainImages.txt ..., or results_20130124.token"
_FILES = ("*.token", "*.token.txt")
_LINE = re.compile(r"(.+?)#\d+\t(.*)")


def signs(folder: Path) -> list[Path]:
    return [path for path in nearest_files(folder, *_FILES) if "lemma" not in path.name]


def read(folder: Path) -> Reading | None:
    paths = nearest_files(folder, *_FILES)
    paths = [path for path in paths if "lemma" not in path.name] or paths
    if not paths:
        return None
    if len(paths) > 1:
        raise BadDataError(
            f"{folder} has several token files, {paths[0].name} and {paths[1].name}."
        )
    left_out = LeftOut()
    return locate(folder, [Table(paths[0], _records(paths[0], left_out))], left_out)


def _records(path: Path, left_out: LeftOut) -> Iterator[Record]:
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            reason = "lines that are not `image.jpg#0<TAB>caption`"
            left_out.add(reason, f"line {number} of {place_of(path)}")
            continue
        name, caption = match.groups()
        if is_image_name(name):
            yield Record("", name, [caption], name)
        else:
            left_out.add("captions of a name that is no image's", name)
