"""Files that would be read if they were unpacked, or if the links that they are led anywhere."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from explorer.data.reading.folder import folders_below
from explorer.data.reading.listing import Listing, listing

_PACKED = (".gz", ".tgz", ".bz2", ".xz", ".zst", ".lz4", ".zip", ".7z", ".rar")
_TABLES = (".json", ".jsonl", ".csv", ".tsv", ".txt", ".token", ".parquet", ".tar")


def packed_files(folder: Path) -> list[Path]:
    """All compressed files."""
    return [place / name for place, there in _places(folder) for name in there.ending(_PACKED)]


def packed_tables(folder: Path) -> list[Path]:
    """Compressed files that describe images, by their names, and do not lie there unpacked, too."""
    return [
        path
        for path in packed_files(folder)
        if _is_table(path) and path.stem not in listing(path.parent).names
    ]


def broken_links(folder: Path) -> list[Path]:
    """Links to nothing that are called as files that describe images."""
    found = (place / name for place, there in _places(folder) for name in there.broken)
    return [path for path in found if path.suffix.lower() in _TABLES]


def _places(folder: Path) -> Iterator[tuple[Path, Listing]]:
    return ((place, listing(place)) for place in folders_below(folder, deepest=2))


def _is_table(path: Path) -> bool:
    within = PurePosixPath(path.stem.lower()).suffix
    return path.suffix.lower() == ".tgz" or within in _TABLES
