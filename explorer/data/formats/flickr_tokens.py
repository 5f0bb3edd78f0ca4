r"""Flickr8k and Flickr30k as they are downloaded: a token file, and for Flickr8k lists of splits.

`Flickr8k.token.txt` or `results_20130124.token`: `image.jpg#0<TAB>caption`, a line per caption.
`Flickr_8k.trainImages.txt`, `devImages`, `testImages`, or `train.txt` ...: an image per line.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from explorer.data.images import SUFFIXES
from explorer.data.left_out import LeftOut, place_of
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
_LIST = re.compile(r".*(train|dev|val|test)Images\.txt|(train|dev|val|test)\.txt", re.I)


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
    tokens = read_text(paths[0])
    lists = merged(
        {split_named(match[1] or match[2]) or "": path}
        for path in files_in(paths[0].parent, "*.txt")
        if (match := _LIST.fullmatch(path.name)) and _names_images(path, tokens)
    )
    split_of = {
        line.strip(): split
        for split, path in lists.items()
        for line in read_text(path).split("\n")
        if line.strip()
    }
    left_out = LeftOut()
    records = _records(paths[0], tokens, split_of, left_out)
    reading = locate(folder, [Table(paths[0], records)], left_out)
    return replace(reading, files=[*reading.files, *lists.values()])


def _names_images(path: Path, tokens: str) -> bool:
    """Whether the first line of a file is the name of an image with captions, or lacks its suffix.

    Those of Flickr8k say so by their own names.
    """
    first = read_text(path).partition("\n")[0].strip()
    is_there = re.search(rf"^{re.escape(first)}(\.\w+)?#", tokens, re.M) if first else None
    return bool(is_there) or path.stem.lower().endswith("images")


def _records(
    path: Path, tokens: str, split_of: Mapping[str, str], left_out: LeftOut
) -> Iterator[Record]:
    for number, line in enumerate(tokens.split("\n"), start=1):
        if not line.strip():
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            reason = "lines that are not `image.jpg#0<TAB>caption`"
            left_out.add(reason, f"line {number} of {place_of(path)}")
            continue
        name, caption = match.groups()
        stem, suffix = posixpath.splitext(name)
        split = split_of.get(name) or split_of.get(stem)
        if suffix.lower() not in SUFFIXES:
            left_out.add("captions of a name that is no image's", name)
        elif split_of and not split:
            left_out.add("captions of images in no split", name)
        else:
            yield Record(split or "", name, [caption], name)
