"""Where the files in a plain tar lie, so that each can be read without the others.

Python's tarfile takes ten times as long per file, and says nothing when a tar breaks off between
two files. The format: POSIX.1-2001 (ustar and pax), and GNU's long names.
"""

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from explorer.errors import BadDataError

_BLOCK = 512
_REGULAR = (b"0", b"\0", b"7")


class Member(NamedTuple):
    """A file in a tar."""

    name: str
    offset: int  # of its first byte
    size: int  # in bytes


@contextmanager
def mapped(path: Path) -> Iterator[mmap.mmap]:
    """A tar as bytes that are read when looked at."""
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as map_:
            yield map_
    except (OSError, ValueError) as error:  # ValueError: an empty file cannot be mapped
        raise BadDataError(f"The tar {path} cannot be read: {error}.") from error


def members(tar: mmap.mmap, path: Path) -> Iterator[Member]:
    """All regular files of a tar, in order; `path` is for messages."""
    at = 0
    said: dict[str, str] = {}  # by headers that speak about the next one
    while (header := tar[at : at + _BLOCK]) != bytes(_BLOCK):
        _check(header, at, path)
        offset, size = at + _BLOCK, int(said.get("size", 0)) or _number(header[124:136])
        if size < 0 or offset + size > len(tar):
            raise _breaks_off(path)
        at = offset + -(-size // _BLOCK) * _BLOCK
        kind = header[156:157]
        if kind == b"x":
            said |= _pax(tar[offset : offset + size])
        elif kind == b"L":
            said["path"] = _text(tar[offset : offset + size])
        else:
            if kind in _REGULAR:
                yield Member(said.get("path") or _name(header), offset, size)
            said = {}


def _check(header: bytes, at: int, path: Path) -> None:
    if len(header) < _BLOCK:
        raise _breaks_off(path)
    if _number(header[148:156]) != sum(header) - sum(header[148:156]) + 8 * ord(" "):
        what = "is not a plain tar; unpack it if it is compressed" if at == 0 else "is damaged"
        raise BadDataError(f"The tar {path} {what}.")


def _breaks_off(path: Path) -> BadDataError:
    return BadDataError(f"The tar {path} breaks off; it was not copied to its end.")


def _number(field: bytes) -> int:
    """An octal number, or a binary one where the first bit is set; -1 where it is neither."""
    if field[0] & 0x80:
        return int.from_bytes(field[1:], "big")
    try:
        return int(field.strip(b" \0") or b"0", 8)
    except ValueError:
        return -1


def _name(header: bytes) -> str:
    name, prefix = _text(header[:100]), _text(header[345:500])
    return f"{prefix}/{name}" if prefix and header[257:263] == b"ustar\0" else name


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("utf-8", "surrogateescape")


def _pax(content: bytes) -> dict[str, str]:
    """The records of a pax header, each `<length> <key>=<value>` and a line end."""
    said: dict[str, str] = {}
    while content:
        length = int(content.partition(b" ")[0]) or len(content)
        key, _, value = content[:length].partition(b" ")[2].partition(b"=")
        said[key.decode()] = value.removesuffix(b"\n").decode("utf-8", "surrogateescape")
        content = content[length:]
    return said
