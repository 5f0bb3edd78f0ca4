"""Files beside the images that say the split of each: lists of names, and tables of partitions.

Lists: `train.txt`, `val.txt`, `test.txt`, `Flickr_8k.trainImages.txt`, `validation_list.txt` ..., a
name in each line, maybe with numbers behind it; tables of a single column; or a `splits.json` of
`{"train": ["0.png", ...], ...}`. Partitions: CelebA's `list_eval_partition.txt` or `.csv`, where 0
is train, 1 val and 2 test; CUB's `train_test_split.txt`, where 1 is train and 0 test, of the
numbers in its `images.txt`; or a table of names and `train`, `val` and `test`.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import NamedTuple

from explorer.data.images import SUFFIXES, is_image_name
from explorer.data.reading.field_names import IDENTITIES, IMAGES
from explorer.data.reading.folder import folders_below
from explorer.data.reading.json_lists import GivenTwice, parse
from explorer.data.reading.listing import listing
from explorer.data.reading.text import head, read_text
from explorer.data.splits import IS_TRAIN, WORDS, is_split, merged, numbered, split_called
from explorer.errors import BadDataError

_MOST_LISTS = 100
"""Texts that are called as splits; where there are more, they are captions of single images."""
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_CUB, _CUB_IMAGES = "train_test_split.txt", "images.txt"
_SAYS_SPLITS = re.compile(rf"{IS_TRAIN}|.*(partition|split|status)|subset|set", re.I)
_PARTITION = re.compile("partition|split", re.I)
_LIKE_SPLITS = re.compile(rf"partition|split|{WORDS}", re.I)
_PAIR = re.compile(r'\s*"?([^",;\t|]*[^",;\t|\s])"?(?:\s*[,;\t|]\s*|\s+)"?(\w+)"?\s*')
_APART = re.compile(r"[,;\t|]")
_OBJECT = re.compile(rf'\s*\{{\s*"({WORDS})"\s*:\s*\[\s*"', re.I)
_WORD, _WHOLE = re.compile(r"\S+"), re.compile(r"-?[0-9]+")
_OF_OTHERS = re.compile("label|class|caption|feature|annotation")
_LONGEST = 4096
_BEFORE = 2
"""Lines before the first name: how many there are, and what the columns are called."""


class SplitFiles(NamedTuple):
    """Files that say splits together."""

    paths: Sequence[Path]
    names: Mapping[str, Sequence[str]]
    """The names of images in each split; none where what the files say is unclear."""
    meaning: str = ""
    """What numbers in them mean, in words."""

    @property
    def names_images(self) -> bool:
        """Whether one begins with the name of an image's file, or names images unclearly."""
        firsts = [name for names in self.names.values() for name in names[:1]]
        return not firsts or any(map(is_image_name, map(without_numbers, firsts)))


def split_files(folder: Path) -> list[SplitFiles]:
    """All that a folder holds, in it and two folders deep; links, and what is no text, are none.

    Raises:
        BadDataError: Two lists that stand together are of the same split.
    """
    return _read(_texts(folder))


def without_split_files(tables: Sequence[Path]) -> list[Path]:
    """Those of some tables that say more than splits."""
    found = {path for each in _read(tables) for path in each.paths}
    return [path for path in tables if path not in found]


def _read(paths: Iterable[Path]) -> list[SplitFiles]:
    tables: list[SplitFiles] = []
    lists: dict[Path, tuple[str, str]] = {}
    for path in paths:
        if path.is_symlink():
            continue
        if table := _table(path):
            tables.append(table)
        elif called := _split_listed(path):
            lists[path] = called
    return [*_lists(lists), *tables]


def without_numbers(line: str) -> str:
    """The name that a line begins with, where only numbers follow it, such as that of a class.

    Examples:
        >>> without_numbers("cats/a cat.jpg 3 1"), without_numbers("cat 3.jpg")
        ('cats/a cat.jpg', 'cat 3.jpg')
    """
    words = list(_WORD.finditer(line))
    while len(words) > 1 and _WHOLE.fullmatch(words[-1][0]):
        words.pop()
    return line[: words[-1].end()] if words else line


def meaning_of(values: Mapping[str, str]) -> str:
    """What the numbers of splits mean, in words; "" where there are none.

    Examples:
        >>> meaning_of({"0": "train", "1": "val"})
        '0 is train, 1 val'
    """
    return ", ".join(f"{value} {split}" for value, split in values.items()).replace(" ", " is ", 1)


def _lists(called: Mapping[Path, tuple[str, str]]) -> Iterator[SplitFiles]:
    """Those that are called alike but for the split, together."""
    names = {path: _listed(path) for path in called} if len(called) <= _MOST_LISTS else {}
    groups: dict[tuple[Path, str], list[dict[str, Path]]] = {}
    for path in filter(names.get, names):
        split, rest = called[path]
        groups.setdefault((path.parent, rest + path.suffix), []).append({split: path})
    for files in map(merged, groups.values()):
        yield SplitFiles([*files.values()], {split: names[path] for split, path in files.items()})


def _split_listed(path: Path) -> tuple[str, str] | None:
    """The split that a list is called as, and the rest of its name."""
    words = re.findall("[a-z]+|[^a-z]+", _WORDS.sub("_", path.stem).lower())
    called = [place for place, word in enumerate(words) if split_called(word)]
    if len(called) != 1 or path.suffix.lower() == ".json":
        return None
    split, rest = split_called(words.pop(called[0])), "".join(words)
    return (split, rest) if split and not _OF_OTHERS.search(rest) else None


def _table(path: Path) -> SplitFiles | None:
    """What a file says that is called as one of several splits; None of others."""
    if not _PARTITION.search(path.stem):
        return None
    return _by_key(path) if path.suffix.lower() == ".json" else _partition(path)


def _listed(path: Path) -> list[str]:
    """The names in a list; none where it is a table of several columns."""
    lines = [*filter(None, map(str.strip, _lines(path)))]
    if path.suffix.lower() == ".txt" or not lines:
        return lines
    cells = [line.strip('"') for line in lines]
    is_header = cells[0].lower() in (*IMAGES, *IDENTITIES)
    return [] if any(_APART.search(cell) for cell in cells) else cells[is_header:]


def _by_key(path: Path) -> SplitFiles | None:
    """What an object of lists by split says; None where it is something else."""
    if not _OBJECT.match(head(path)):
        return None
    try:
        about = parse("\n".join(_lines(path)))
    except GivenTwice:
        return SplitFiles([path], {})
    except ValueError:
        return None
    splits = {key: split_called(key) for key in about}
    names = [name for each in about.values() for name in (each if type(each) is list else [0])]
    if not all(splits.values()) or not all(isinstance(name, str) for name in names):
        return None
    is_clear = len({*splits.values()}) == len(splits)  # and not both `train` and `training`
    lists = {split: about[key] for key, split in splits.items() if split and is_clear}
    return SplitFiles([path], lists)


def _partition(path: Path) -> SplitFiles | None:
    """What a table of names and splits says; None where it is something else."""
    lines = [line for line in _lines(path) if line.strip()]
    pairs = [(match[1], match[2].lower()) for line in lines if (match := _PAIR.fullmatch(line))]
    header = pairs.pop(0)[1] if pairs and not is_split(pairs[0][1]) else ""
    values = {value for _, value in pairs}
    is_whole = len(lines) - len(pairs) <= _BEFORE and values and all(map(is_split, values))
    if not is_whole or (header and not _SAYS_SPLITS.fullmatch(header)):
        return None
    numbers = _numbers(path, header, values)
    called = {value: split for value in values if (split := split_called(value))}
    split_of = numbers or (called if called.keys() == values else {})
    images = _numbered_images(path)
    names: dict[str, list[str]] = {}
    for name, value in pairs if split_of else ():
        names.setdefault(split_of[value], []).append(images.get(name, name))
    paths = [path, path.with_name(_CUB_IMAGES)] if images else [path]
    return SplitFiles(paths, names, meaning_of(numbers))


def _numbers(path: Path, header: str, values: Set[str]) -> Mapping[str, str]:
    """The split of each number, as the column is called, or else the file."""
    called = (header, "is_train" if path.name.lower() == _CUB else path.stem)
    return next(filter(None, (numbered(name, values) for name in called)), {})


def _numbered_images(path: Path) -> dict[str, str]:
    """The images that the numbers in CUB's table of splits mean, by these numbers."""
    numbers = path.with_name(_CUB_IMAGES)
    if path.name.lower() != _CUB or not numbers.is_file() or numbers.is_symlink():
        return {}
    pairs = (line.split(maxsplit=1) for line in _lines(numbers))
    return {pair[0]: pair[1].strip() for pair in pairs if len(pair) == 2}


def _texts(folder: Path) -> Iterator[Path]:
    """Texts and tables, but captions of an image beside them."""
    for place in folders_below(folder, deepest=2):
        there = listing(place)
        for name in there.ending((".txt", ".csv", ".tsv", ".json")):
            stem = posixpath.splitext(name)[0]
            if _LIKE_SPLITS.search(stem) and not any(stem + s in there.names for s in SUFFIXES):
                yield place / name


def _lines(path: Path) -> list[str]:
    """The lines of a text; none of what is no text, or has lines too long for a name."""
    try:
        lines = read_text(path).split("\n")
    except BadDataError:
        return []
    return lines if max(map(len, lines)) <= _LONGEST else []
