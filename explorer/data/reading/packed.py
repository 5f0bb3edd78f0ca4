"""Files that are compressed, which must be unpacked before they can be read."""

from pathlib import Path, PurePosixPath

from explorer.data.reading.folder import folders_below
from explorer.data.reading.listing import listing

SUFFIXES = (".gz", ".tgz", ".bz2", ".xz", ".zst", ".lz4", ".zip", ".7z", ".rar")
_TABLES = (".json", ".jsonl", ".csv", ".tsv", ".txt", ".token", ".parquet", ".tar")


def packed_tables(folder: Path) -> list[Path]:
    """Compressed files that describe images, by their names, and do not lie there unpacked, too."""
    return [
        place / name
        for place in folders_below(folder, deepest=2)
        for name in listing(place).ending(SUFFIXES)
        if _holds_table(name) and PurePosixPath(name).stem not in listing(place).names
    ]


def packed_files(folder: Path) -> list[Path]:
    """All compressed files."""
    places = folders_below(folder, deepest=2)
    return [place / name for place in places for name in listing(place).ending(SUFFIXES)]


def _holds_table(name: str) -> bool:
    path = PurePosixPath(name.lower())
    return path.suffix == ".tgz" or PurePosixPath(path.stem).suffix in _TABLES
