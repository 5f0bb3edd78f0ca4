r"""Flickr8k and Flickr30k as they are downloaded: a token file, and for Flickr8k lists of splits.

`Flickr8k.token.txt` or `results_20130124.token`: `image.jpg#0<TAB>caption`, a line per caption.
`Flickr_8k.trainImages.txt`, `devImages`, `testImages`: an image per line.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from explorer.data.images import SUFFIXES
from explorer.data.left_out import LeftOut
from explorer.data.reading.folder import files_in, nearest_files
from explorer.data.reading.places import Table, locate
from explorer.data.reading.text import read_text
from explorer.data.records import Reading, Record
from explorer.data.splits import merged, split_named
from explorer.errors import BadDataError

NAME = "Flickr token file"
LAYOUT = "Flickr8k.token.txt with Flickr_8k.trainImages.txt ..., or results_20130124.token"
_FILES = ("*.token", "*.token.txt")
_LINE = re.compile(r"(.+?)#\d+\t(.*)")
_LIST = re.compile(r".*(train|dev|val|test)Images\.txt", re.I)


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
    lists = merged(
        {split_named(match[1]) or "": path}
        for path in files_in(paths[0].parent, "*images.txt")
        if (match := _LIST.fullmatch(path.name))
    )
    split_of = {
        line.strip(): split
        for split, path in lists.items()
        for line in read_text(path).split("\n")
        if line.strip()
    }
    left_out = LeftOut()
    return locate(folder, [Table(paths[0], _records(paths[0], split_of, left_out))], left_out)


def _records(path: Path, split_of: Mapping[str, str], left_out: LeftOut) -> Iterator[Record]:
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise BadDataError(f"{path}, line {number}: `image.jpg#0<TAB>caption` is expected.")
        name, caption = match.groups()
        if PurePosixPath(name).suffix.lower() not in SUFFIXES:
            left_out.add("captions of a name that is no image's", name)
        elif split_of and name not in split_of:
            left_out.add("captions of images in no split", name)
        else:
            yield Record(split_of.get(name, "train"), name, [caption], name)
