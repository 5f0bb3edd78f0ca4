"""Images in a folder per class: train/cat/0.png, or cat/0.png where there are no splits.

What is beside the folders of classes has no label and is left out. Where two folders deep have
names of splits, as in `cat/train/0.png`, the class is the one that is no split; a folder that all
classes lie in, or that lies in all of them, as in `cat/images/0.png`, is none either.
"""

import posixpath
from collections.abc import Iterator, Set
from pathlib import Path, PurePosixPath

from explorer.data.images import SUFFIXES
from explorer.data.left_out import LeftOut
from explorer.data.reading.folder import ImageFolder, walk
from explorer.data.records import Reading, Record
from explorer.data.splits import split_called

NAME = "class folders"
LAYOUT = "train/<class>/ or <class>/ with images"


def signs(_: Path) -> list[Path]:
    """None: images with captions lie in folders, too, which say nothing then."""
    return []


def read(folder: Path) -> Reading | None:
    left_out = LeftOut()
    records = list(_records(folder, left_out))
    n_classes = len({record.label for record in records})
    if not n_classes:
        return None
    return Reading(records, ImageFolder(folder), left_out=left_out, is_sure=n_classes > 1)


def _records(folder: Path, left_out: LeftOut) -> Iterator[Record]:
    places = [(*_said(where), where, there.ending(SUFFIXES)) for where, there in walk(folder)]
    before, behind = _shared({parts for _, parts, _, files in places if parts and files})
    for split, parts, where, files in places:
        label = "/".join(parts[before : len(parts) - behind])
        for file in files:
            name = posixpath.join(*where.parts, file)
            if label:
                yield Record(split, name, (), name, label)
            else:
                left_out.add("images outside the folders of classes", name)


def _said(where: PurePosixPath) -> tuple[str, tuple[str, ...]]:
    """The split that a folder's path says, and what it says besides."""
    splits = [split for part in where.parts if (split := split_called(part))]
    return (splits or ["train"])[0], tuple(part for part in where.parts if not split_called(part))


def _shared(paths: Set[tuple[str, ...]]) -> tuple[int, int]:
    """How many folders all these paths have before, and behind, what tells classes apart."""
    if not paths:
        return 0, 0
    shortest = min(map(len, paths))
    before = min(len(posixpath.commonprefix([*paths])), shortest - 1)
    behind = min(len(posixpath.commonprefix([each[::-1] for each in paths])), shortest - before)
    classes = {each[before : len(each) - behind] for each in paths}
    return before, behind if len(classes - {()}) > 1 else 0
