"""Files that systems keep for themselves in everybody's folders and archives."""

from pathlib import PurePosixPath

_NAMES = frozenset(("thumbs.db", "desktop.ini", "__macosx", "$recycle.bin", "@eadir"))


def is_hidden(name: str) -> bool:
    """Whether a file or folder of this name is nobody's data, such as `._0.jpg` of macOS.

    Examples:
        >>> is_hidden("._0.jpg"), is_hidden("Thumbs.db"), is_hidden("0.jpg")
        (True, True, False)
    """
    return name[:1] == "." or name.lower() in _NAMES


def is_hidden_path(path: str) -> bool:
    """Whether a path leads to or through such a name; `.` and `..` lead to themselves.

    Examples:
        >>> is_hidden_path("./__MACOSX/0.jpg"), is_hidden_path("./images/0.jpg")
        (True, False)
    """
    return any(is_hidden(part) for part in PurePosixPath(path).parts if part != "..")
