"""Pictures with a file of captions of the same name beside each: .txt, or .json.

Folders may be nested, as img2dataset's `files` output is (`00000/000000000.jpg`); a folder that is
called train, val or test is that split.
"""

import os
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path, PurePosixPath

from explorer.pipeline.datasets.folder import PictureFolder
from explorer.pipeline.datasets.pictures import SUFFIXES
from explorer.pipeline.datasets.records import Reading, Record
from explorer.pipeline.datasets.samples import TEXTS, NoCaptions, sample_captions
from explorer.pipeline.datasets.splits import split_named

NAME = "pictures with text files"
LAYOUT = "pictures with a .txt (a caption per line) or .json of the same name beside each"


def read(folder: Path) -> Reading | None:
    left_out: Counter[str] = Counter()
    records = _records(folder, left_out)
    first = next(records, None)
    if first is None:
        return None
    return Reading(chain([first], records), PictureFolder(folder), left_out=left_out)


def _records(folder: Path, left_out: Counter[str]) -> Iterator[Record]:
    seen = {os.path.realpath(folder)}  # a link may lead back
    for place, below, files in os.walk(folder, followlinks=True):
        below[:] = [name for name in sorted(below) if _is_new(os.path.join(place, name), seen)]
        where = PurePosixPath(Path(place).relative_to(folder).as_posix())
        split = split_named(str(where)) or "train"
        there = set(files)
        for file in sorted(files):
            stem, suffix = os.path.splitext(file)
            if suffix.lower() not in SUFFIXES:
                continue
            beside = [each for each in TEXTS if stem + each in there]
            if not beside:
                left_out["pictures without a text file"] += 1
                continue
            try:
                texts = {each: Path(place, stem + each).read_bytes() for each in beside}
                captions = sample_captions(texts)
            except NoCaptions as reason:
                left_out[str(reason)] += 1
                continue
            except OSError:
                left_out["pictures whose captions cannot be read"] += 1
                continue
            name = (where / file).as_posix()
            yield Record(split, name, captions, name)


def _is_new(folder: str, seen: set[str]) -> bool:
    real = os.path.realpath(folder)
    is_new = real not in seen and os.path.basename(folder)[0] != "."
    seen.add(real)
    return is_new
