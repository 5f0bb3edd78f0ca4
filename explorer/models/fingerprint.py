"""What identifies weights in the keys of results."""

import hashlib
from functools import lru_cache
from itertools import islice
from pathlib import Path

from explorer.errors import ConfigError

MOST_FILES = 2000
"""In the folder of a model: one that holds more was named by mistake, and may be a whole disk."""
_ENDS = 1 << 20  # bytes of each end of a weights file that enter its fingerprint


def fingerprint(model: str) -> str:
    """Identifies weights: by name, or for a local folder by what its files hold.

    Of each file only the size and both ends are read, so that gigabytes cost milliseconds.

    Raises:
        ConfigError: The folder holds more than `MOST_FILES`.
    """
    folder = Path(model)
    if not folder.is_dir():
        return model
    files = (each for each in folder.rglob("*") if each.is_file())
    paths = sorted(islice(files, MOST_FILES + 1))
    if len(paths) > MOST_FILES:
        raise ConfigError(f"{model} holds more than {MOST_FILES:,} files; it is no model's folder.")
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
