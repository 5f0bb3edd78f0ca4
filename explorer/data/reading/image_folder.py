"""Images as files in a folder."""

import os
from functools import cached_property
from pathlib import Path, PurePosixPath

from PIL import Image

from explorer.data.images import DEEP, has_deep_values, open_image
from explorer.data.left_out import shortened
from explorer.data.reading.bounds import Bounds
from explorer.data.reading.folder import walk
from explorer.data.reading.masks import MASKS
from explorer.data.records import MISSING
from explorer.errors import BadDataError

_PROBED = 100
"""Images, spread over all, that are asked whether their values need 16 bits."""


class ImageFolder:
    """Images named relative to a folder; a `Source` whose places are those names."""

    is_file = True

    def __init__(self, root: Path, hint: str = "") -> None:
        """`hint` is added to what is said of an image that is not there."""
        self.root = root
        self._bounds, self._hint = Bounds(root), hint
        self._start = f"{root}{os.sep}"
        self._lengths: dict[str, int] = {}  # as they were when the stamps were asked for

    def open(self, place: str) -> Image.Image:
        path = Path(self._path(place))
        if os.path.lexists(path) and not self._bounds.hold(path):
            raise BadDataError(f"The image {path} {_kind_of(path)}.")
        if self._hint and not os.path.exists(path):
            raise BadDataError(f"The image {path} is not there; {self._hint}.")
        return open_image(path, lambda: not _is_mask(place) and self._has_deep_values)

    @cached_property
    def _has_deep_values(self) -> bool:
        """Whether some of the images that may have 16 bits use more than eight of them.

        Masks, which may have 16 bits and values of 0 and 1, are not asked.
        """
        below = ((where, there.ending(DEEP)) for where, there in walk(self.root))
        found = [(where / name).as_posix() for where, names in below for name in names]
        found = [place for place in found if not _is_mask(place)]
        probed = found[:: len(found) // _PROBED or 1]
        files = (self.root / place for place in probed)
        return any(has_deep_values(path) for path in files if self._bounds.hold(path))

    def length(self, place: str) -> int | None:
        if place in self._lengths:
            return self._lengths[place]
        try:
            found = self._bounds.look(self._path(place))
        except (ValueError, BadDataError):
            return None
        return found.st_size if found else None

    def content(self, place: str) -> bytes:
        path = Path(self._path(place))
        if not self._bounds.hold(path):
            raise BadDataError(f"The image {path} is not in the folder.")
        try:
            return path.read_bytes()
        except OSError as error:
            raise BadDataError(f"The image {path} cannot be read: {error.strerror}.") from error

    def stamp(self, place: str) -> str:
        try:
            found = self._bounds.look(self._path(place))
        except ValueError:  # a name with a zero byte in it
            return MISSING
        if found is None:
            return MISSING
        self._lengths[place] = found.st_size
        return f"{found.st_size}:{found.st_mtime_ns}"

    def _path(self, name: str) -> str:
        """Refuses names that lead out: the page shows images to whoever opens it."""
        if not name or name[0] == "/" or (".." in name and ".." in PurePosixPath(name).parts):
            raise BadDataError(
                f"{self.root} names the image {shortened(name)!r}, which is not inside the folder."
            )
        return self._start + name  # a Path would cost more than to look it up


def _is_mask(place: str) -> bool:
    return not {*PurePosixPath(place.lower()).parts[:-1]}.isdisjoint(MASKS)


def _kind_of(path: Path) -> str:
    """What something is that may not be read."""
    if not path.is_symlink():
        return "is no file but a pipe or a device"
    if os.path.exists(path):
        return "is a link that leads out of the folder"
    fetch = "; fetch the file with `git annex get`" if "annex/objects" in os.readlink(path) else ""
    return f"is a link to a file that is not there{fetch}"
