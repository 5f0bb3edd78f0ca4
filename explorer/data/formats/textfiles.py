"""Images with a file of captions of the same name beside each: .txt, .caption or .json.

Folders may be nested, as img2dataset's `files` output is (`00000/000000000.jpg`); a folder that is
called train, val or test is that split.
"""

import os
import posixpath
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

from explorer.data.images import SUFFIXES, preference
from explorer.data.left_out import LeftOut
from explorer.data.reading.bounds import Bounds
from explorer.data.reading.folder import ImageFolder, walk
from explorer.data.reading.samples import TEXTS, NoCaptions, sample_captions, sample_columns
from explorer.data.reading.spellings import fold
from explorer.data.records import Reading, Record
from explorer.data.splits import split_named

NAME = "images with text files"
_WITHOUT = "images without a text file"
LAYOUT = "images with a .txt (a caption per line) or .json of the same name beside each"


def signs(folder: Path) -> list[Path]:
    """The first image that has captions beside it."""
    return [folder / each.name for each in islice(_records(folder, LeftOut()), 1)]


def read(folder: Path) -> Reading | None:
    left_out = LeftOut()
    records = _records(folder, left_out)
    first = next(records, None)
    if first is None:
        is_other = left_out.keys() <= {_WITHOUT}
        return None if is_other else Reading([], ImageFolder(folder), [], left_out, is_sure=False)
    return Reading(chain([first], records), ImageFolder(folder), left_out=left_out)


def _records(folder: Path, left_out: LeftOut) -> Iterator[Record]:
    bounds = Bounds(folder)
    for where, there in walk(folder):
        split = split_named(str(where)) or "train"
        texts, images = _texts(there.ending(TEXTS)), there.ending(SUFFIXES)
        start = posixpath.join(*where.parts, "") if where.parts else ""
        if not texts:
            left_out.add_all(_WITHOUT, [start + file for file in images])
            continue
        for file in _one_of_each(start, images, left_out):
            stem = os.path.splitext(file)[0]
            name = start + file
            beside = {
                end: folder / (start + text)
                for end in TEXTS
                if (text := _beside(stem, texts.get((fold(stem), end), [])))
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


def _beside(stem: str, texts: list[str]) -> str | None:
    """The file that is called exactly as the image, or the only one that is nearly."""
    exact = [each for each in texts if os.path.splitext(each)[0] == stem]
    return next(iter(exact or texts)) if len(exact or texts) == 1 else None
