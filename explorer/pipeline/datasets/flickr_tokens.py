r"""Flickr8k and Flickr30k as they are downloaded: a token file, and for Flickr8k lists of splits.

`Flickr8k.token.txt` or `results_20130124.token`: `picture.jpg#0<TAB>caption`, a line per caption.
`Flickr_8k.trainImages.txt`, `devImages`, `testImages`: a picture per line.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from explorer.errors import BadDataError
from explorer.pipeline.datasets.folder import nearest_files, pictures_below, read_text
from explorer.pipeline.datasets.pictures import SUFFIXES
from explorer.pipeline.datasets.records import Reading, Record
from explorer.pipeline.datasets.splits import merged, split_named

NAME = "Flickr token file"
LAYOUT = "Flickr8k.token.txt with Flickr_8k.trainImages.txt ..., or results_20130124.token"
_LINE = re.compile(r"(.+?)#\d+\t(.*)")
_LIST = re.compile(r".*(train|dev|val|test)Images\.txt", re.I)


def read(folder: Path) -> Reading | None:
    paths = nearest_files(folder, "*.token", "*.token.txt")
    paths = [path for path in paths if "lemma" not in path.name] or paths
    if not paths:
        return None
    if len(paths) > 1:
        raise BadDataError(
            f"{folder} has several token files, {paths[0].name} and {paths[1].name}."
        )
    lists = merged(
        {split_named(match[1]) or "": path}
        for path in sorted(paths[0].parent.glob("*Images.txt"))
        if (match := _LIST.fullmatch(path.name))
    )
    split_of = {name: split for split, path in lists.items() for name in read_text(path).split()}
    left_out: Counter[str] = Counter()
    records = _records(paths[0], split_of, left_out)
    pictures, records, notes = pictures_below(folder, records)
    return Reading(records, pictures, notes, left_out)


def _records(path: Path, split_of: Mapping[str, str], left_out: Counter[str]) -> Iterator[Record]:
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise BadDataError(f"{path}, line {number}: `picture.jpg#0<TAB>caption` is expected.")
        name, caption = match.groups()
        if PurePosixPath(name).suffix.lower() not in SUFFIXES:
            left_out["captions of a name that is no picture's"] += 1
        elif split_of and name not in split_of:
            left_out["captions of pictures in no split"] += 1
        else:
            yield Record(split_of.get(name, "train"), name, [caption], name)
