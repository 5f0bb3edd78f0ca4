"""Files that would be read if they were unpacked, or if the links that they are led anywhere."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from explorer.data.reading.folder import folders_below
from explorer.data.reading.listing import Listing, listing

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


def _places(folder: Path) -> Iterator[tuple[Path, Listing]]:
    return ((place, listing(place)) for place in folders_below(folder, deepest=2))


def _is_archive(path: Path) -> bool:
    return path.suffix.lower() in _ARCHIVES or path.stem.lower().endswith(".tar")


def _is_table(path: Path) -> bool:
    within = PurePosixPath(path.stem.lower()).suffix
    return path.suffix.lower() == ".tgz" or within in _TABLES
