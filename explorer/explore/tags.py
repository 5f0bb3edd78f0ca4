"""Tags: names that people give to rows, kept with the data in the store.

<root>/tags/<fingerprint of the captions>-<number of captions>.json, so that other models or
prototypes of the same data find them, too. Rows are kept as bits.
"""

import base64
import hashlib
import zlib
from collections.abc import Mapping
from json import dumps
from pathlib import Path

import numpy as np

from explorer.core.columns import CAPTION, LIST
from explorer.errors import BadDataError, ConfigError
from explorer.explore.dataset import Prepared
from explorer.store.reading import read_object
from explorer.store.writing import write_aside
from explorer.types import Column

MOST, LONGEST = 100, 60
"""Tags of one dataset, and characters of a name."""
CHANGES = ("set", "add", "take", "drop")
"""What can be done with the rows of a tag: be exactly these, have these, too, lose these, end."""

Tags = dict[str, np.ndarray]
"""(M,) bool by name, whether each caption has the tag."""


def read_tags(prepared: Prepared) -> Tags:
    """The tags of prepared data, in the order in which they were made."""
    path, n = _path(prepared), prepared.n_captions
    if not path.exists():
        return {}
    try:
        kept: Mapping[str, str] = read_object(path)["tags"]
        return {name: _unpacked(bits, n) for name, bits in kept.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, zlib.error) as error:
        raise BadDataError(
            f"The tags in {path} cannot be read: {error}. Delete it to go on without them."
        ) from error


def change_tag(prepared: Prepared, name: str, change: str, rows: np.ndarray) -> None:
    """Changes the rows of a tag, by one of `CHANGES`, and keeps it.

    There is none before it has a row, and none after it lost its last. Rows are (n,) captions;
    `IndexError` where there is no such.
    """
    name = _checked(name)
    if change not in CHANGES:
        raise ConfigError(f"Tags are changed by {', '.join(CHANGES)}, not by {change!r}.")
    if len(rows) and not 0 <= rows.min() <= rows.max() < prepared.n_captions:
        raise IndexError(rows)
    tags = read_tags(prepared)
    if name not in tags and len(tags) >= MOST:
        raise ConfigError(f"Data have at most {MOST} tags; drop one first.")
    tagged = np.zeros(prepared.n_captions, dtype=bool)
    if change in ("add", "take") and name in tags:
        tagged = tags[name]
    tagged[rows] = change in ("set", "add")
    tags[name] = tagged & (change != "drop")
    _write(prepared, {each: bits for each, bits in tags.items() if bits.any()})


def tags_column(prepared: Prepared) -> Column:
    """The tags of each caption."""
    tags = read_tags(prepared)
    table = np.array(list(tags.values()), dtype=bool).reshape(len(tags), prepared.n_captions).T
    starts = np.concatenate([[0], np.cumsum(table.sum(axis=1))])
    return Column(CAPTION, LIST, np.nonzero(table)[1].astype(np.int32), list(tags), starts)


def tags_version(prepared: Prepared) -> str:
    """Changes whenever a tag does."""
    path = _path(prepared)
    content = path.read_bytes() if path.exists() else b""
    return hashlib.sha256(content).hexdigest()[:16]


def has_tags(prepared: Prepared) -> bool:
    return _path(prepared).exists()


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST or not name.isprintable():
        raise ConfigError(f"A tag has a name of at most {LONGEST} characters.")
    return name


def _write(prepared: Prepared, tags: Tags) -> None:
    path = _path(prepared)
    if not tags:
        return path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = {name: _packed(bits) for name, bits in tags.items()}
    write_aside(path, dumps({"n_captions": prepared.n_captions, "tags": kept}).encode())


def _packed(bits: np.ndarray) -> str:
    return base64.b64encode(zlib.compress(np.packbits(bits).tobytes())).decode()


def _unpacked(text: str, n: int) -> np.ndarray:
    content = zlib.decompressobj().decompress(base64.b64decode(text, validate=True), n // 8 + 1)
    return np.unpackbits(np.frombuffer(content, np.uint8), count=n).astype(bool)


def _path(prepared: Prepared) -> Path:
    fingerprint = prepared.dataset.captioned().fingerprint
    return prepared.store.root / "tags" / f"{fingerprint}-{prepared.n_captions}.json"
