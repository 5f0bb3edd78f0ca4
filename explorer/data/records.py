"""What a format's reader finds: names with captions or labels, and where their images are."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from PIL import Image

from explorer.data.left_out import LeftOut

MISSING = "missing"
"""The stamp of an image that is not there."""
NOTHING: Mapping[str, Any] = MappingProxyType({})


class Record(NamedTuple):
    """Captions or the label of one image; its name may come again with more captions."""

    split: str  # "train", "val" or "test"; "" where nothing says it
    name: str  # of the image, for people
    captions: Sequence[str]
    place: Any  # where the source finds the image
    label: str = ""  # name of the image's class; "" where the data has captions
    columns: Mapping[str, Any] = NOTHING  # what else its row says, by the name there


class Source(Protocol):
    """Where a dataset keeps its images. Several threads use it at once."""

    is_file: bool
    """Whether images are files, on their own or in a tar, rather than cells of tables."""

    def open(self, place: Any) -> Image.Image:
        """The image, upright and RGB. Raises `BadDataError` if it cannot be read."""

    def length(self, place: Any) -> int | None:
        """Bytes of the file, or any number that equal images share; None where it is not there."""

    def content(self, place: Any) -> bytes:
        """What the image's file holds. Raises `BadDataError` if it cannot be read."""

    def stamp(self, place: Any) -> str:
        """Changes when the image may have changed; costs no look into it. Or `MISSING`."""


@dataclass(frozen=True)
class Reading:
    """What a format's reader found."""

    records: Iterable[Record]
    source: Source
    notes: list[str] = field(default_factory=list)
    """Whole sentences for people, about what was found where."""
    left_out: LeftOut = field(default_factory=LeftOut)
    """How many of what could not be used; readers count while their records are read."""
    is_sure: bool = True
    """False where nothing can be used, or little speaks for it: another format may fit better."""
    columns: list[str] = field(default_factory=list)
    """What each column or field that was read holds, in words; also while they are read."""
    files: Sequence[Path] = ()
    """The files that describe the images, where they are few."""
    classes: Sequence[str] = ()
    """Names of the classes, where labels are their numbers from 0 on."""
    mask_of: Callable[[Any], Any] | None = None
    """Where the mask of an image is, by the image's place, None where it has none; only where
    images have captions and labels, too."""
