"""Names of images as tables have them: other systems write the same name in other ways."""

import re
import unicodedata
from pathlib import PurePosixPath
from urllib.parse import unquote

_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


def fold(name: str) -> str:
    r"""What all spellings of a name have in common: composed and decomposed, upper and lower case.

    Examples:
        >>> fold("CAFE\u0301.JPG") == fold("caf\u00e9.jpg")
        True
    """
    return name.lower() if name.isascii() else unicodedata.normalize("NFC", name).casefold()


def spellings(name: str) -> list[str]:
    r"""What a name may mean, as it is written first: with slashes for backslashes, escapes read.

    Last, without blanks around it.

    Examples:
        >>> spellings("images\\a%20b.jpg")
        ['images\\a%20b.jpg', 'images/a%20b.jpg', 'images/a b.jpg']
    """
    found = [name.removeprefix("file://")]
    if "\\" in found[-1]:
        found.append(found[-1].replace("\\", "/"))
    if "%" in found[-1]:
        found.append(unquote(found[-1]))
    if found[-1] != found[-1].strip():
        found.append(found[-1].strip())
    return found


def is_address(name: str) -> bool:
    """Whether a name is one of the web."""
    return "://" in name and not name.startswith("file://")


def is_packed(name: str) -> bool:
    """Whether a name is of a file in an archive, as fsspec writes it."""
    return name.startswith(("zip://", "tar://")) or "::" in name


def leads_up(name: str) -> bool:
    """Whether a relative name goes to a folder above."""
    return any(".." in PurePosixPath(each).parts for each in spellings(name))


def is_content(name: str) -> bool:
    """Whether it is no name but an image, written as text."""
    return name.startswith("data:") or len(name) > 4096


def absolute_parts(name: str) -> tuple[str, ...]:
    r"""The parts of an absolute name, of Windows, too; none where it is relative.

    Examples:
        >>> absolute_parts("C:\\set\\0.jpg"), absolute_parts("set/0.jpg")
        (('C:', 'set', '0.jpg'), ())
    """
    path = name.removeprefix("file://")
    if _DRIVE.match(path) or path.startswith("\\\\"):
        path = "/" + path.replace("\\", "/").lstrip("/")
    return PurePosixPath(path).parts[1:] if path[:1] == "/" else ()
