"""What identifies weights in the keys of results."""

import hashlib
from functools import lru_cache
from pathlib import Path

_ENDS = 1 << 20  # bytes of each end of a weights file that enter its fingerprint


def fingerprint(model: str) -> str:
    """Identifies weights: by name, or for a local folder by what its files hold.

    Of each file only the size and both ends are read, so that gigabytes cost milliseconds.
    """
    folder = Path(model)
    if not folder.is_dir():
        return model
    paths = sorted(each for each in folder.rglob("*") if each.is_file())
    stats = [(str(path.relative_to(folder)), path.stat()) for path in paths]
    return _digest(folder, tuple((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats))


@lru_cache(maxsize=64)
def _digest(folder: Path, files: tuple[tuple[str, int, int], ...]) -> str:
    """Reads the ends of files (name, size, time); the time only says when to read again."""
    digest = hashlib.sha256()
    for name, size, _ in files:
        digest.update(f"{name}:{size}:".encode())
        with (folder / name).open("rb") as file:
            digest.update(file.read(_ENDS))
            file.seek(max(0, size - _ENDS))
            digest.update(file.read(_ENDS))
    return digest.hexdigest()[:24]
