"""What leaves this machine: without the names of its folders, and without traps in tables."""

import html
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

_PATH = re.compile(r"(?:/|~|\./|\.\./|[A-Za-z]:[\\/]|\\\\).*")
_PATH_IN_TEXT = re.compile(r"""(?<![^\s"'(=:])(?:~|[A-Za-z]:)?/(?:[^\s"'/]+/)+([^\s"'/]*)""")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def without_paths(value: Any) -> Any:
    """The JSON value with the last part of each path instead of the whole.

    Examples:
        >>> without_paths({"data": "/home/ada/boats", "encoder": "ViT-B-32/openai", "size": 3})
        {'data': '.../boats', 'encoder': 'ViT-B-32/openai', 'size': 3}
    """
    if isinstance(value, Mapping):
        return {name: without_paths(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [without_paths(each) for each in value]
    if isinstance(value, str) and _PATH.fullmatch(value):
        return f".../{PurePosixPath(value.replace(chr(92), '/')).name}"
    return value


def without_folders(value: Any) -> Any:
    """As `without_paths`, and in sentences and logs, too.

    Examples:
        >>> without_folders(["Opening /home/ada/boats", "/home/ada/boats", "a cat/dog"])
        ['Opening .../boats', '.../boats', 'a cat/dog']
    """
    if isinstance(value, Mapping):
        return {name: without_folders(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [without_folders(each) for each in value]
    if isinstance(value, str) and any(each.isspace() for each in value):
        return _PATH_IN_TEXT.sub(r".../\1", value)
    return without_paths(value)


def plain(text: str) -> str:
    """A text of somebody's on one line of Markdown, without markup."""
    return html.escape(" ".join(text.split()), quote=False)


def lies_inside(path: Path, folder: Path) -> bool:
    """Whether a file is really in a folder, and not only a link there."""
    return path.is_file() and path.resolve().is_relative_to(folder.resolve())


def defused(value: Any) -> Any:
    """A cell of a table that programs for tables show, and never compute.

    Examples:
        >>> defused("=cmd|' /c calc'"), defused("a boat"), defused(-1.5)
        ("'=cmd|' /c calc'", 'a boat', -1.5)
    """
    is_formula = isinstance(value, str) and value.startswith(_FORMULA)
    return f"'{value}" if is_formula else value
