"""Masks of images: files of the same names in a folder called `masks`."""

import posixpath
from pathlib import Path

from explorer.data.reading.folder import folders_below
from explorer.data.reading.tree import Tree

MASKS = ("mask", "masks")
"""What their folder is called, in lower case."""


class Masks:
    """The masks in a folder; false where there are none.

    That of `images/train/0.jpg` is `masks/train/0.png`, or with the name of the images' own folder
    in its path, `masks/images/train/0.png`; so it is in every folder below.
    """

    def __init__(self, root: Path) -> None:
        self._tree = Tree(root)
        below = (each for each in folders_below(root) if each != root)
        self.folders = [
            each.relative_to(root).as_posix() for each in below if each.name.lower() in MASKS
        ]

    def __bool__(self) -> bool:
        return bool(self.folders)

    def of(self, place: str) -> str | None:
        """The path of an image's mask, relative to the root as the image's; None without one."""
        found = (self._in(folder, place) for folder in self.folders)
        return next(filter(None, found), None)

    def _in(self, folder: str, place: str) -> str | None:
        above = posixpath.join(posixpath.dirname(folder), "")
        if not place.startswith(above) or place.startswith(f"{folder}/"):
            return None
        whole = posixpath.splitext(place.removeprefix(above))[0]
        return self._tree.find(folder, whole) or self._tree.find(folder, whole.partition("/")[2])
