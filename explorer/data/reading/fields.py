"""Which fields of a row hold the image, the captions, the class and the split."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from explorer.data.left_out import LeftOut, shortened
from explorer.data.reading.cells import ONE, label_in
from explorer.data.reading.field_names import CAPTIONS, IDENTITIES, IMAGES, LABELS, LIKE_SPLITS
from explorer.errors import BadDataError

_NUMBERED = re.compile(rf"({'|'.join(CAPTIONS)})[_-]?\d+")
_LIKE_CAPTIONS = ("caption", "text", "prompt", "sentence", "description")
_LIKE_LABEL = re.compile(
    r"(.*[ _-])?(label|class|category|target)s?([ _-]?(id|name|index|number|code|label))?", re.I
)
_MOST_SHOWN = 300
_ADDRESSES = re.compile(r"((image|img|photo|picture)[_-]?)?(ur[il]|link)s?", re.I)
_UNREAD_SPLITS = re.compile(
    rf"{LIKE_SPLITS.pattern}|(is[_-]?)?train.*|is[_-]?(val|test).*|fold", re.I
)


class Fields(NamedTuple):
    """Names of the fields that matter."""

    image: str
    captions: tuple[str, ...]
    split: str | None
    identity: str | None  # tells images apart where they are no files with names
    status: str | None  # of the download, as img2dataset writes it
    label: str | None = None  # the class, where there are no captions
    others: tuple[str, ...] = ()  # what else a row says
    classes: tuple[str, ...] = ()  # a column each, of which one is 1, where there is no label

    def told(self) -> list[str]:
        """What each field holds, in words."""
        captions = " and ".join(f"`{name}`" for name in self.captions)
        label = f"classes from `{self.label}`" if self.label else ""
        if self.classes:
            label = (
                f"classes from the columns {_named(self.classes)}, of which one is 1 in each row"
            )
        split = f"splits from `{self.split}`" if self.split else ""
        identity = f"one image where `{self.identity}` is the same" if self.identity else ""
        said = [f"images from `{self.image}`", captions and f"captions from {captions}"]
        return [each for each in (*said, label, split, *self._no_splits(), identity) if each]

    def _no_splits(self) -> list[str]:
        """Columns that seem to say splits, in words that this program does not take for any."""
        like = [] if self.split else filter(_UNREAD_SPLITS.fullmatch, self.others)
        return [*map(says_no_splits, like)]

    @property
    def small(self) -> list[str]:
        """All of them but the image."""
        names = [*self.captions, self.split, self.identity, self.status, self.label]
        names += [*self.others, *self.classes]
        return list(dict.fromkeys(name for name in names if name))

    def label_of(self, row: Mapping[str, Any], left_out: LeftOut) -> str:
        """The class that a row names; "" where it names none, or several."""
        if not self.classes:
            return label_in(row, self.label, left_out)
        named = [name for name in self.classes if str(row.get(name)).strip() in ONE]
        if len(named) == 1:
            return named[0].strip()
        left_out.add("rows of several classes or of none", _named(named) or "none")
        return ""

    def rest(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        """What else a row says, by the name of its column."""
        return {name: row[name] for name in self.others if name in row}


def says_no_splits(column: str) -> str:
    """That a column which seems to say splits is not read so."""
    return f"no splits from `{column}`, whose values are not train, val and test"


def choose_fields(
    names: Sequence[str],
    images: Sequence[str] = IMAGES,
    wordless: Collection[str] = (),
    binary: Collection[str] = (),
    repeating: Collection[str] = (),
) -> Fields | None:
    """Chooses by name, upper or lower case; None without images, or without captions and label.

    Args:
        names: All fields of the rows.
        images: What an image's field may be called, the most telling name first.
        wordless: Fields of numbers and the like; only a well-known name makes captions of one.
        binary: Fields of two values such as 0 and 1; where nothing else is there one is the class.
        repeating: Fields of a few words that come again, as breeds do; where nothing else is there
            one is the class, unless it is called as captions are.

    Where no field is called as one of classes, the only one that is called nearly so is.

    Examples:
        >>> choose_fields(["image", "caption_0", "caption_1", "split"])[:3]
        ('image', ('caption_0', 'caption_1'), 'split')
        >>> choose_fields(["file_name", "blip_caption", "size"]).captions
        ('blip_caption',)
        >>> choose_fields(["image", "label"]).label, choose_fields(["path", "ClassId"]).label
        ('label', 'ClassId')
        >>> choose_fields(["file_name", "score"], wordless=["score"])
        >>> choose_fields(["file_name", "breed"], repeating=["breed"]).label
        'breed'
    """
    by_name = {name.strip().lower(): name for name in reversed(names)}

    def first(wanted: Sequence[str]) -> str | None:
        return next((by_name[name] for name in wanted if name in by_name), None)

    image, split, status = first(images), first(["split"]), first(["status"])
    if image is None:
        return None
    identity = first([name for name in IDENTITIES if by_name.get(name) != image])
    label = first([name for name in LABELS if by_name.get(name) != image])
    rest = [name for name in names if name not in ("", image, split, status, identity, label)]
    like = [name for name in rest if label is None and _LIKE_LABEL.fullmatch(name.strip())]
    label = like[0] if len(like) == 1 else label
    classes = {name for name in repeating if name not in wordless and not _like_captions(name)}
    if label is None and len(rest) == 1 and rest[0] in classes:
        label = rest[0]
    captions = _captions_among(rest, {*wordless, *binary}, takes_any=label is None)
    if not captions and label is None and len(rest) == 1 and rest[0] in binary:
        label = rest[0]
    if not captions and label is None:
        return None
    label = None if captions else label
    used = {image, *captions, split, status, label}
    others = tuple(name for name in names if name and name not in used)
    return Fields(image, captions, split, identity, status, label, others)


def _captions_among(
    names: Sequence[str], wordless: Collection[str], takes_any: bool
) -> tuple[str, ...]:
    """By a known name; else all that are numbered; else one nearly known; or, if any, the only."""
    lower = {name.strip().lower(): name for name in reversed(names)}
    if known := [lower[name] for name in CAPTIONS if name in lower]:
        return (known[0],)
    if numbered := [name for each, name in lower.items() if _NUMBERED.fullmatch(each)]:
        return tuple(reversed(numbered))
    rest = [name for name in names if name not in wordless]
    like = [name for name in rest if _like_captions(name)]
    return tuple(like[:1] or (rest if takes_any and len(names) == 1 else ()))


def _like_captions(name: str) -> bool:
    """Whether a field is called as captions are, or nearly so."""
    lower = name.strip().lower()
    return lower in CAPTIONS or any(word in lower for word in _LIKE_CAPTIONS)


def _named(columns: Sequence[str]) -> str:
    return shortened(", ".join(f"`{name}`" for name in columns), _MOST_SHOWN)


class NoFields(BadDataError):
    """A table that tells nothing of images."""

    def __init__(self, where: object, message: str) -> None:
        super().__init__(message)
        self.where = where


def no_fields(where: object, names: Sequence[str]) -> NoFields:
    found = shortened(", ".join(names), _MOST_SHOWN) or "none"
    message = (
        f"{where} needs a column with images, such as `image` or `file_name`, and one with "
        f"captions, such as `caption`, or labels, such as `label`; its columns are {found}."
    )
    if address := next((name for name in names if _ADDRESSES.fullmatch(name.strip())), ""):
        message += f" Images at a `{address}` must be fetched first, for example with img2dataset."
    return NoFields(where, message)
