"""Files that would be read if they were unpacked, or if the links that they are led anywhere."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from explorer.data.left_out import shortened
from explorer.data.reading.folder import folders_below
from explorer.data.reading.listing import Listing, listing

_NUMBERED = re.compile(r"(.*?)([0-9]{1,6})(\D*)")
_MOST_NUMBERS = 10_000
_PACKED = (".gz", ".tgz", ".bz2", ".xz", ".zst", ".lz4", ".zip", ".7z", ".rar")
_ARCHIVES = (".zip", ".7z", ".rar", ".tgz")
_TABLES = (".json", ".jsonl", ".csv", ".tsv", ".txt", ".token", ".parquet", ".tar")


def packed_files(folder: Path) -> list[Path]:
    """All compressed files."""
    return [place / name for place, there in _places(folder) for name in there.ending(_PACKED)]


def packed_data(folder: Path) -> list[Path]:
    """Archives, and compressed files that describe images; but what lies there unpacked, too."""
    return [
        path
        for path in packed_files(folder)
        if (_is_archive(path) or _is_table(path))
        and listing(path.parent).names.isdisjoint((path.stem, path.name.partition(".")[0]))
    ]


def broken_links(folder: Path) -> list[Path]:
    """Links to nothing that are called as files that describe images."""
    found = (place / name for place, there in _places(folder) for name in there.broken)
    return [path for path in found if path.suffix.lower() in _TABLES]


def missing_files(paths: Sequence[Path]) -> Iterator[str]:
    """A sentence on files that lack among others which are called alike but for their number.

    Examples:
        >>> list(missing_files([Path("batch_1.bin"), Path("batch_4.bin"), Path("32x32.bin")]))
        ['Files that seem to be missing: batch_2.bin, batch_3.bin.']
    """
    if lacking := _missing_numbers(paths):
        yield f"Files that seem to be missing: {shortened(', '.join(lacking))}."


def _missing_numbers(paths: Sequence[Path]) -> list[str]:
    numbered: dict[tuple[str, str], dict[int, str]] = {}
    for path in paths:
        if match := _NUMBERED.fullmatch(path.name):
            before, number, behind = match.groups()
            numbered.setdefault((before, behind), {})[int(number)] = number
    return [
        f"{before}{number:0{len(min(found.values(), key=len))}}{behind}"
        for (before, behind), found in numbered.items()
        for number in range(min(found), min(max(found), min(found) + _MOST_NUMBERS))
        if number not in found
    ]


def _places(folder: Path) -> Iterator[tuple[Path, Listing]]:
    return ((place, listing(place)) for place in folders_below(folder, deepest=2))


def _is_archive(path: Path) -> bool:
    return path.suffix.lower() in _ARCHIVES or path.stem.lower().endswith(".tar")


def _is_table(path: Path) -> bool:
    within = PurePosixPath(path.stem.lower()).suffix
    return path.suffix.lower() == ".tgz" or within in _TABLES
