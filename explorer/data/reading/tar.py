"""Where the files in a plain tar lie, so that each can be read without the others.

Python's tarfile takes ten times as long per file, and says nothing when a tar breaks off between
two files. The format: POSIX.1-2001 (ustar and pax), and GNU's long names.
"""

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from explorer.data.left_out import LeftOut
from explorer.data.reading.hidden import is_hidden_path
from explorer.data.reading.text import compression
from explorer.errors import BadDataError

_BLOCK = 512
_MANY = 1 << 20
_REGULAR = (b"0", b"\0", b"7")
_NO_FILES = (b"5", b"V")  # folders, and the name of the tar
_LINKS = (b"1", b"2")
_ABOUT_NEXT = (b"x", b"L", b"K", b"g")  # headers about the next file, or about all of them
_SAYS_NOTHING = (b"K", b"g")  # names of links, and what is said of all files, decide nothing here
_LONGEST_HEADER = 1 << 20  # bytes; a name and a few numbers


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


def members(tar: mmap.mmap, path: Path, left_out: LeftOut) -> Iterator[Member]:
    """All regular files of a tar, in order, those of tars that were joined to it included.

    What systems keep for themselves is passed over. Links, and what stands behind the end, are
    counted in `left_out`. `path` is for messages.
    """
    at, ended = 0, False
    said: dict[str, str] = {}  # by headers that speak about the next file
    while at < len(tar) or not ended:
        header = tar[at : at + _BLOCK]
        if ended and not _is_header(header):
            left_out.add("tars with something else behind their end", path)
            return
        if header == bytes(_BLOCK):
            at, ended = _behind_zeros(tar, at), True
            continue
        _check(header, at, path)
        ended = False
        kind, offset = header[156:157], at + _BLOCK
        size = _size(said, header, path)
        if size < 0 or offset + size > len(tar):
            raise _breaks_off(path)
        at = offset + -(-size // _BLOCK) * _BLOCK
        if kind in _ABOUT_NEXT:
            said |= _said(kind, tar, offset, size, path)
            continue
        name = said.get("path") or _name(header)
        if kind in _REGULAR and not name.endswith("/") and not is_hidden_path(name):
            yield Member(name, offset, size)
        elif kind in _LINKS:
            left_out.add("links in tars", name)
        elif kind not in (*_REGULAR, *_NO_FILES):
            left_out.add("files in tars that are stored in a way of their own", name)
        said = {}


def _behind_zeros(tar: mmap.mmap, at: int) -> int:
    """Where the next block is that holds something, or the length of the tar."""
    for step in (_MANY, _BLOCK):
        while at < len(tar) and tar[at : at + step] == bytes(min(step, len(tar) - at)):
            at += step
    return min(at, len(tar))


def _is_header(header: bytes) -> bool:
    """Whether the sum that a header states of itself is right."""
    stated = header[148:156]
    said = len(header) == _BLOCK and _number(stated)
    return said == sum(header) - sum(stated) + 8 * ord(" ")


def _check(header: bytes, at: int, path: Path) -> None:
    if at == 0 and (kind := compression(header)):
        raise BadDataError(f"The tar {path} is compressed ({kind}); unpack it.")
    if len(header) < _BLOCK:
        raise _breaks_off(path)
    if not _is_header(header):
        what = "is not a plain tar" if at == 0 else "is damaged"
        raise BadDataError(f"The tar {path} {what}.")


def _size(said: dict[str, str], header: bytes, path: Path) -> int:
    stated = said.get("size", "")
    if not stated:
        return _number(header[124:136])
    if not (stated.isascii() and stated.isdigit() and len(stated) < 19):
        raise _damaged(path)
    return int(stated)


def _breaks_off(path: Path) -> BadDataError:
    return BadDataError(f"The tar {path} breaks off; it was not copied to its end.")


def _damaged(path: Path) -> BadDataError:
    return BadDataError(f"The tar {path} is damaged.")


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


def _said(kind: bytes, tar: mmap.mmap, offset: int, size: int, path: Path) -> dict[str, str]:
    """What a header says about the file behind it."""
    if kind in _SAYS_NOTHING:
        return {}
    if size > _LONGEST_HEADER:
        raise _damaged(path)
    content = tar[offset : offset + size]
    return {"path": _text(content)} if kind == b"L" else _pax(content, path)


def _pax(content: bytes, path: Path) -> dict[str, str]:
    """The records of a pax header, each `<length> <key>=<value>` and a line end.

    A length counts its own digits. It must reach behind them, and not behind the content.
    """
    said: dict[str, str] = {}
    while content:
        digits = content[:20].partition(b" ")[0]
        length = int(digits) if digits.isdigit() else 0
        if not len(digits) < length <= len(content):
            raise _damaged(path)
        key, _, value = content[len(digits) + 1 : length].partition(b"=")
        said[_text(key)] = value.removesuffix(b"\n").decode("utf-8", "surrogateescape")
        content = content[length:]
    return said
