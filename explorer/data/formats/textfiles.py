"""Images with a file of captions of the same name beside each: .txt, .caption or .json.

Folders may be nested, as img2dataset's `files` output is (`00000/000000000.jpg`); a folder that is
called train, val or test is that split. Captions may lie in a folder of their own beside that of
the images (`images/train/0.jpg`, `captions/train/0.txt`), and be called `0.jpg.txt`.
"""

import os
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path, PurePosixPath

from explorer.data.images import SUFFIXES, preference
from explorer.data.left_out import LeftOut
from explorer.data.reading.bounds import Bounds
from explorer.data.reading.folder import walk
from explorer.data.reading.image_folder import ImageFolder
from explorer.data.reading.listing import listing
from explorer.data.reading.samples import (
    OTHERS,
    TEXTS,
    NoCaptions,
    sample_captions,
    sample_columns,
    unread_captions,
)
from explorer.data.reading.spellings import fold
from explorer.data.records import Reading, Record
from explorer.data.splits import split_named

NAME = "images with text files"
_WITHOUT = "images without a text file"
_FEW = 0.25
"""Images with a text for each without, up to which another format may fit the folder better."""
LAYOUT = "images with a .txt (a caption per line) or .json of the same name beside each"


def signs(folder: Path) -> list[Path]:
    """The first image that has captions beside it."""
    return [folder / each.name for each in islice(_records(folder, LeftOut()), 1)]


def read(folder: Path) -> Reading | None:
    left_out = LeftOut()
    records = list(_records(folder, left_out))
    if not records and not any(key.startswith("images") and key != _WITHOUT for key in left_out):
        return None
    is_sure = len(records) > _FEW * left_out[_WITHOUT]
    return Reading(records, ImageFolder(folder), left_out=left_out, is_sure=is_sure)


def _records(folder: Path, left_out: LeftOut) -> Iterator[Record]:
    bounds, apart = Bounds(folder), _Apart(folder)
    for where, there in walk(folder, left_out):
        split = split_named(str(where)) or ""
        images = there.ending(SUFFIXES)
        place = where if there.ending(TEXTS) or not images else apart.of(where)
        texts = _texts(listing(folder / place).ending(TEXTS))
        start = posixpath.join(*where.parts, "") if where.parts else ""
        if not texts:
            left_out.add_all(_WITHOUT, [start + file for file in images])
            continue
        for file in _one_of_each(start, images, left_out):
            stem = os.path.splitext(file)[0]
            name = start + file
            beside = {
                end: folder / place / text
                for end in TEXTS
                for text in _beside([stem, file], end, texts)
            }
            if not beside:
                left_out.add(_WITHOUT, name)
            elif not all(bounds.hold(path) for path in beside.values()):
                left_out.add("images whose captions lie outside the folder, by a link", name)
            else:
                try:
                    content = {end: path.read_bytes() for end, path in beside.items()}
                    captions = sample_captions(content)
                except NoCaptions as reason:
                    left_out.add(str(reason), name)
                except OSError:
                    left_out.add("images whose captions cannot be read", name)
                else:
                    left_out.add_all(OTHERS, unread_captions(content, captions))
                    rest = sample_columns(content)
                    yield Record(split, name, captions, name, columns=rest)


def _one_of_each(start: str, files: list[str], left_out: LeftOut) -> Iterator[str]:
    """The images; one of those that are called alike, for a caption is of one image only."""
    stems: dict[str, list[str]] = {}
    for file in files:
        stems.setdefault(os.path.splitext(file)[0], []).append(file)
    for alike in stems.values():
        first, *others = sorted(alike, key=lambda file: preference(os.path.splitext(file)[1]))
        yield first
        for file in others:
            left_out.add("further images of the same name", start + file)


def _texts(files: list[str]) -> dict[tuple[str, str], list[str]]:
    """Files with captions, by what their names are in any spelling, and what they end with."""
    found: dict[tuple[str, str], list[str]] = {}
    for file in files:
        stem, suffix = os.path.splitext(file)
        found.setdefault((fold(stem), suffix.lower()), []).append(file)
    return found


def _beside(
    names: Sequence[str], suffix: str, texts: Mapping[tuple[str, str], list[str]]
) -> Iterator[str]:
    """The file that is called exactly as the first of these, or the only one that is nearly."""
    for name in names:
        found = texts.get((fold(name), suffix), [])
        exact = [each for each in found if os.path.splitext(each)[0] == name]
        if len(exact or found) == 1:
            yield (exact or found)[0]
            return


class _Apart:
    """Finds captions that lie in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._with_texts: dict[tuple[PurePosixPath, ...], list[PurePosixPath]] = {}

    def of(self, where: PurePosixPath) -> PurePosixPath:
        """The only folder of texts beside one of images, or beside the folder which that is in."""
        for depth in range(1, min(len(where.parts), 2) + 1):
            above = where.parents[depth - 1]
            below = PurePosixPath(*where.parts[len(where.parts) - depth + 1 :])
            if len(found := self._folders(above, below)) == 1:
                return found[0]
        return where

    def _folders(self, above: PurePosixPath, below: PurePosixPath) -> list[PurePosixPath]:
        if (above, below) not in self._with_texts:
            names = listing(self._folder / above).folders
            places = [above / name / below for name in names]
            self._with_texts[above, below] = list(filter(self._has_texts_alone, places))
        return self._with_texts[above, below]

    def _has_texts_alone(self, where: PurePosixPath) -> bool:
        there = listing(self._folder / where)
        return bool(there.ending(TEXTS)) and not there.ending(SUFFIXES)
