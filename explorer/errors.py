"""Every error this package raises on purpose, and what is told of the others that people cause.

ExplorerError
├── ConfigError       a setting is outside its range
├── UnknownNameError  a name is not in a registry
├── MissingDataError  a file, a model or the result of an earlier stage is not there
└── BadDataError      something is there, but it cannot be used
"""

import errno
import os
import re

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM})
"""What the system answers where something cannot be written."""
_REMEDIES = {
    errno.ENOSPC: "The disk is full; free some space and ask again",
    errno.EDQUOT: "The quota of the disk is used up; free some space and ask again",
    errno.EROFS: "The folder is on a disk that can only be read; name another",
    errno.EACCES: "There is no permission to read or write here; name another folder",
    errno.EPERM: "There is no permission to read or write here; name another folder",
    errno.ENAMETOOLONG: "The name is too long for a file; name something shorter",
    errno.ENOTDIR: "A part of the path is a file, no folder; name another folder",
    errno.EEXIST: "A part of the path is a file, no folder; name another folder",
    errno.EISDIR: "A folder stands where a file was expected; name another",
    errno.ENOENT: "A file or folder is not there",
    errno.EMFILE: "Too many files are open; ask again in a moment",
}

_HALF_WRITTEN = re.compile(r"[0-9]+ requested and [0-9]+ written")
"""What numpy says of an array that a full disk does not take, without the system's number."""
_LONGEST = 2000
CONTROLS = "".join(map(chr, (*range(0x20), *range(0x7F, 0xA0))))
"""What a terminal would obey, and line breaks: names and texts of data are anybody's."""
_BREAKS = re.compile(rf"[{re.escape(CONTROLS)}\u2028\u2029]+")
"""Line breaks, and what a terminal would obey."""


class ExplorerError(Exception):
    """A problem the user can fix: one sentence with what was asked, what is possible, what to do.

    The page shows the message, a route answers 422, the command line prints it and exits with 2.
    """


class ConfigError(ExplorerError):
    """A setting is outside its range, or two settings do not fit together."""


class UnknownNameError(ExplorerError):
    """A name is not in a registry; the message lists the names that are."""


class MissingDataError(ExplorerError):
    """A file, a model or the result of an earlier stage is not there."""


class BadDataError(ExplorerError):
    """A dataset, an image or a stored result is there, but it cannot be used."""


TOLD = (ExplorerError, OSError, UnicodeError, RecursionError, MemoryError)
"""What whoever asked can do something about; each edge turns these into `sentence`."""


def sentence(error: BaseException, *, with_names: bool = False) -> str:
    """What people are told of an error among `TOLD`, in at most `_LONGEST` characters.

    Visitors of the page need not know where a file lies that the system refused; the terminal is
    told, `with_names`.
    """
    told = _BREAKS.sub(" ", _told(error, with_names)).strip()
    return told if len(told) <= _LONGEST else f"{told[: _LONGEST // 2]} ... {told[-200:]}"


def _told(error: BaseException, with_names: bool) -> str:
    if isinstance(error, OSError):
        reason = _REMEDIES.get(number_of(error)) or _system_words(error)
        named = f": {os.fsdecode(error.filename)}" if with_names and error.filename else ""
        return f"{reason}{named}."
    if isinstance(error, UnicodeError):
        return f"There is text that is not Unicode in UTF-8: {getattr(error, 'reason', error)}."
    if isinstance(error, RecursionError):
        return "What was given is nested too deeply."
    if isinstance(error, MemoryError):
        return "The memory of this machine does not suffice; ask for less at once."
    return str(error)


def number_of(error: OSError) -> int:
    """What the system calls an error, 0 where that is not known."""
    is_full = error.errno is None and _HALF_WRITTEN.fullmatch(str(error))
    return errno.ENOSPC if is_full else error.errno or 0


def _system_words(error: OSError) -> str:
    words = error.strerror or str(error) or type(error).__name__
    return words[:1].upper() + words[1:].rstrip(".")
