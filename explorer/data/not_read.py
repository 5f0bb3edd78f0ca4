"""Sentences on what a folder holds and is not read: all of it, or what lies beside the data."""

import os
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path, PurePosixPath

from explorer.data.images import SUFFIXES
from explorer.data.known_formats import FORMATS, Format
from explorer.data.left_out import LeftOut, shortened
from explorer.data.pointers import LONGEST, is_pointer
from explorer.data.reading.folder import all_files, walk
from explorer.data.reading.split_files import SplitFiles
from explorer.data.reading.text import head
from explorer.data.reading.unread import broken_links, packed_data, packed_files
from explorer.errors import BadDataError
from explorer.store.own import is_own

NOT_READ = "Not read"
"""How such a sentence begins."""
_NAMED, _FEW, _SHOWN = 3, 20, 60
_LOOKED_INTO = 200
"""Folders of which the files are counted where nothing is recognised."""
_IMAGE = re.compile(rf"\w(?:{'|'.join(map(re.escape, sorted(SUFFIXES)))})\b|\"image", re.I)
"""The name of an image in a text, or a key of JSON that speaks of one."""
_POINTERS = 1000
"""Files of which it is asked whether they are there, where a folder cannot be read."""


def nothing_in(folder: Path) -> BadDataError:
    """What is wrong with a folder that no format fits, and what it holds instead."""
    left_out = LeftOut()
    holdings = f"it holds {_holdings(folder, left_out)}"
    if why := left_out.why():
        holdings += f", and {why}"
    reasons = [f"{path} is compressed; unpack it." for path in packed_files(folder)]
    reasons += [f"{path} is a link to a file that is not there." for path in broken_links(folder)]
    reasons += [_not_understood(folder, path) for path in _json(folder)]
    if reasons:
        said = " ".join(reasons[:_NAMED])
        return BadDataError(f"{said} Nothing else in {folder} looks like a dataset; {holdings}.")
    known = ", ".join(each.name for each in FORMATS)
    said = " ".join(
        [f"Nothing in {folder} looks like a dataset; {holdings}.", *naming_images(folder)]
    )
    return BadDataError(f"{said} Understood are: {known}.")


def _json(folder: Path) -> list[Path]:
    """Files that may describe images, unless there is one for each."""
    found = all_files(folder, "*.json", "*.jsonl")
    return found if len(found) <= _FEW else []


def _not_understood(folder: Path, path: Path) -> str:
    begins = shortened(head(path)[:_SHOWN])
    return (
        f"{_named(folder, [path])} is not understood: it begins with {begins}, and wanted is a "
        "list of objects with `image` and `caption` (or `label`)."
    )


def _holdings(folder: Path, left_out: LeftOut) -> str:
    """What a folder holds, in words: the commonest kinds of files, and what this program wrote."""
    places = islice(walk(folder, left_out), _LOOKED_INTO)
    files = [name for _, there in places for name in there.files]
    kinds = Counter(PurePosixPath(name).suffix.lower() or "others" for name in files)
    common = kinds.most_common(5)
    said = [f"{n:,} {'file' if n == 1 else 'files'} {kind}" for kind, n in common]
    own = sorted(path.name for path in folder.iterdir() if path.is_dir() and is_own(path))
    said += [f"{shortened(own[0])}, which this program wrote"] if own else []
    return ", ".join(said) or "no files"


def not_read(
    folder: Path,
    formats: Sequence[Format],
    said: Sequence[SplitFiles],
    files: Sequence[Path],
    doubtful: Mapping[str, Sequence[Path]],
) -> list[str]:
    """Sentences on what one of `formats` would have read, had the folder not held these files.

    `doubtful` are files that a format has read, by its name, although it may not fit.
    """
    sentences = []
    if packed := packed_data(folder):
        sentences.append(f"Not read, for it is compressed: {_named(folder, packed)}.")
    if broken := broken_links(folder):
        sentences.append(f"Not read, for it is a link to nothing: {_named(folder, broken)}.")
    lists = [path for each in said if each.names_images for path in each.paths]
    if lists := [path for path in lists if path not in files]:
        sentences.append(f"Not read, though the splits may be in it: {_named(folder, lists)}.")
    fitting = []
    for each in formats:
        signs = dict.fromkeys((*_signs(each, folder), *doubtful.get(each.name, ())))
        others = [path for path in signs if path not in files]
        if others:
            fitting.append(f"{_named(folder, others)} ({each.name})")
    if fitting:
        named = "; ".join(fitting)
        sentences.append(
            f"Not read, though it would fit, too: {named}. Keep one dataset per folder."
        )
    return sentences


def naming_images(folder: Path, files: Sequence[Path] = ()) -> list[str]:
    """A sentence on texts that name images and are none of these files; where there are few.

    They may tell more of images than the folders that these lie in.
    """
    found = all_files(folder, "*.json", "*.jsonl", "*.txt", "*.mat", deepest=1)
    others = [path for path in found if len(found) <= _FEW and path not in files]
    named = [path for path in others if path.suffix.lower() == ".mat" or _IMAGE.search(head(path))]
    return [f"Not read, though it may tell of images: {_named(folder, named)}."] if named else []


def _signs(format_: Format, folder: Path) -> Sequence[Path]:
    try:
        return format_.signs(folder)
    except BadDataError:  # it could not have been read
        return []


def _named(folder: Path, paths: Sequence[Path]) -> str:
    """The first of some files, by their paths in a folder."""
    names = [shortened(os.path.relpath(path, folder)) for path in paths[:_NAMED]]
    return ", ".join(names) + (", ..." if len(paths) > _NAMED else "")


def pointer_in(folder: Path) -> Path | None:
    """A file of the folder that is a pointer of Git LFS; of many files the first are looked at."""
    files = (folder / where / name for where, there in walk(folder) for name in there.files)
    return next((path for path in islice(files, _POINTERS) if _is_pointer(path)), None)


def _is_pointer(path: Path) -> bool:
    try:
        return path.is_file() and path.stat().st_size <= LONGEST and is_pointer(path.read_bytes())
    except OSError:
        return False
